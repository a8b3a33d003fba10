import { spageExecutionService } from '@boomerang/protocol';
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';

type Service = typeof spageExecutionService;
type Method = keyof Service;
type Request<Name extends Method> = Parameters<Service[Name]['requestSerialize']>[0];
type Answer<Name extends Method> = ReturnType<Service[Name]['responseDeserialize']>;

/** Speaks `SpageExecution` as engines do: in plaintext, with no metadata but their own. */
export class EngineClient {
  readonly #client: Client;
  readonly #streams: { cancel(): void }[] = [];

  constructor(
    address: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    channel = credentials.createInsecure(),
  ) {
    this.#client = new Client(address, channel, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_send_message_length': -1,
    });
    onTestFinished(() => this.close());
  }

  call<Name extends Method>(name: Name, request: Request<Name>): Promise<Answer<Name>> {
    const { path, requestSerialize, responseDeserialize } = spageExecutionService[name];
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize as (value: Request<Name>) => Buffer,
        responseDeserialize as (bytes: Buffer) => Answer<Name>,
        request,
        this.#metadata(),
        (error, answer) => (error ? reject(error) : resolve(answer as Answer<Name>)),
      );
    });
  }

  /** A stream of an engine: what it heard, how it ended, and what is sent, be it in an engine's own encoding. */
  stream<Name extends 'streamProgress' | 'streamPlayProgress' | 'streamTaskProgress'>(name: Name) {
    const { path, requestSerialize, responseDeserialize } = spageExecutionService[name];
    const serialize = (message: Request<Name> | Buffer) =>
      Buffer.isBuffer(message) ? message : (requestSerialize as (value: Request<Name>) => Buffer)(message);
    const call: ClientDuplexStream<Request<Name> | Buffer, unknown> = this.#client.makeBidiStreamRequest(
      path,
      serialize,
      responseDeserialize as (bytes: Buffer) => unknown,
      this.#metadata(),
    );
    this.#streams.push(call);
    const heard: unknown[] = [];
    let error: ServiceError | undefined;
    let ended = false;
    call.on('data', (message) => heard.push(message));
    call.on('error', (thrown: ServiceError) => {
      error = thrown;
    });
    call.on('end', () => {
      ended = true;
    });
    return {
      heard,
      error: () => error,
      ended: () => ended,
      send: (message: Request<Name> | Buffer) => void call.write(message),
      end: () => call.end(),
      cancel: () => call.cancel(),
    };
  }

  close(): void {
    for (const stream of this.#streams) stream.cancel();
    this.#client.close();
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(this.headers)) metadata.set(key, value);
    return metadata;
  }
}

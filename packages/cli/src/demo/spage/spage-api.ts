import { type spage, spageApiService } from '@boomerang/protocol';
import { Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';

type Service = typeof spageApiService;
type Unary = 'submitTask' | 'getTaskStatus' | 'cancelTask';
type Request<Name extends Unary> = Parameters<Service[Name]['requestSerialize']>[0];
type Answer<Name extends Unary> = ReturnType<Service[Name]['responseDeserialize']>;
type WireEvent = spage.core.Event.$Properties;

/** What became of a task, as the API tells whoever subscribed. */
export interface TaskEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Submits and watches tasks over gRPC. */
export class SpageApi {
  readonly #client: Client;
  readonly #metadata = new Metadata();
  #stream: ClientDuplexStream<WireEvent, WireEvent> | undefined;

  constructor(port: number, token: string) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    this.#metadata.set('authorization', `Bearer ${token}`);
  }

  call<Name extends Unary>(name: Name, request: Request<Name>): Promise<Answer<Name>> {
    const { path, requestSerialize, responseDeserialize } = spageApiService[name];
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize as (value: Request<Name>) => Buffer,
        responseDeserialize as (bytes: Buffer) => Answer<Name>,
        request,
        this.#metadata,
        (error, answer) => (error ? reject(error) : resolve(answer as Answer<Name>)),
      );
    });
  }

  /** Tells of all events from now on. */
  subscribe(take: (event: TaskEvent) => void): void {
    const { path, requestSerialize, responseDeserialize } = spageApiService.streamEvents;
    const stream = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      this.#metadata,
    );
    stream.on('data', ({ type, data }: WireEvent) => take({ type: type ?? '', data: data ?? {} }));
    // It ends with the demo.
    stream.on('error', () => undefined);
    stream.write({ type: 'subscribe', data: {} });
    this.#stream = stream;
  }

  close(): void {
    this.#stream?.cancel();
    this.#client.close();
  }
}

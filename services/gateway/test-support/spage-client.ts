import { type spage, spageApiService } from '@boomerang/protocol';
import { waitFor } from '@boomerang/testkit';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';

type Method = keyof typeof spageApiService;
type WireEvent = spage.core.Event.$Properties;
type Request<Name extends Method> = Parameters<(typeof spageApiService)[Name]['requestSerialize']>[0];
type Answer<Name extends Method> = ReturnType<(typeof spageApiService)[Name]['responseDeserialize']>;

/** A stream of events, with what came on it. */
export interface TestStream {
  readonly events: WireEvent[];
  readonly error: () => ServiceError | undefined;
  send(type: string, data?: Record<string, string>): void;
  /** The next event of a type that was not taken yet. */
  next(type: string): Promise<WireEvent & { readonly data: Record<string, string> }>;
  end(): void;
}

/** Speaks `SpageAPI` as a program that was generated from the contract would. */
export class SpageClient {
  readonly #client: Client;

  constructor(
    port: number,
    private readonly bearer: string | undefined,
    channel = credentials.createInsecure(),
  ) {
    this.#client = new Client(`127.0.0.1:${port}`, channel, {
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  call<Name extends Method>(name: Name, request: Request<Name>): Promise<Answer<Name>> {
    const { path, requestSerialize, responseDeserialize } = spageApiService[name];
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

  /** What `grpc.health.v1.Health` says of a service; '' = the server as a whole. */
  standardHealth(service: string): Promise<string> {
    const { path, requestSerialize, responseDeserialize } =
      healthService.Check as unknown as MethodDefinition<object, { status: string }>;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service },
        (error, answer) => (error ? reject(error) : resolve(answer?.status ?? '')),
      );
    });
  }

  stream(): TestStream {
    const { path, requestSerialize, responseDeserialize } = spageApiService.streamEvents;
    const call: ClientDuplexStream<WireEvent, WireEvent> = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      this.#metadata(),
    );
    const events: WireEvent[] = [];
    const taken = new Set<WireEvent>();
    let error: ServiceError | undefined;
    call.on('data', (event: WireEvent) => events.push(event));
    call.on('error', (thrown: ServiceError) => {
      error = thrown;
    });
    return {
      events,
      error: () => error,
      send: (type, data = {}) => void call.write({ type, data }),
      async next(type) {
        const found = await waitFor(() => events.find((event) => event.type === type && !taken.has(event)), {
          message: `an event ${type}`,
        });
        taken.add(found);
        return { ...found, data: found.data ?? {} };
      },
      end: () => call.end(),
    };
  }

  close(): void {
    this.#client.close();
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.bearer !== undefined) metadata.set('authorization', `Bearer ${this.bearer}`);
    return metadata;
  }
}

/** A daemon as the table of events describes it, on one stream. */
export function hello(changes: Record<string, string> = {}): Record<string, string> {
  return { daemon_id: 'd1', instance_id: 'i1', version: '1.2', types: '*', slots: '4', ...changes };
}

import { type spage, spageApiService } from '@boomerang/protocol';
import { Client, type ClientDuplexStream, credentials, Metadata } from '@grpc/grpc-js';

export interface SpageAddress {
  readonly port: number;
  /** An API key. */
  readonly token: string;
}

type WireEvent = spage.core.Event.$Properties;
export type EventStream = ClientDuplexStream<WireEvent, WireEvent>;

/** This machine's monotonic clock, ms: the same for all processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** `SpageAPI` over one connection. */
export class SpageWire {
  readonly #client: Client;
  readonly #metadata = new Metadata();

  constructor({ port, token }: SpageAddress) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    this.#metadata.set('authorization', `Bearer ${token}`);
  }

  /** @throws when the task was not taken. */
  async submit(request: spage.api.SubmitTaskRequest.$Properties): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = spageApiService.submitTask;
    await new Promise<void>((resolve, reject) =>
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata,
        (error, answer) => {
          if (error || !answer?.success) reject(error ?? new Error(answer?.error?.message ?? 'not taken'));
          else resolve();
        },
      ),
    );
  }

  stream(): EventStream {
    const { path, requestSerialize, responseDeserialize } = spageApiService.streamEvents;
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata);
  }
}

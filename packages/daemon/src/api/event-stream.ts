import { readFileSync } from 'node:fs';
import { type spage, spageApiService } from '@boomerang/protocol';
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ApiEvent } from './api-event.js';

type WireEvent = spage.core.Event.$Properties;

export interface StreamListener {
  event(event: ApiEvent): void;
  /** Told once; the stream is of no use any more. */
  ended(error: Error): void;
}

export interface EventStream {
  send(event: ApiEvent): void;
  /** Ends it at once, without telling the listener. */
  close(): void;
}

/** A token for calls lives that much longer than a call takes, ms. */
const AUTHENTICATE_LIMIT_MS = 5_000;
const MOST_MESSAGE_BYTES = 64 * 1_048_576;

/** One gateway of the API. */
export class ApiGateway {
  readonly #address: string;
  readonly #credentials: ChannelCredentials;

  /** @param url `grpc://host:port` or `grpcs://host:port`. */
  constructor(
    url: string,
    private readonly apiKey: string,
    ca: string | undefined,
  ) {
    const { protocol, host } = new URL(url);
    this.#address = host;
    const roots = ca === undefined ? null : readFileSync(ca);
    this.#credentials = protocol === 'grpcs:' ? credentials.createSsl(roots) : credentials.createInsecure();
  }

  /** Authenticates, and opens a stream of events. Rejects if the gateway isn't there, or doesn't know the key. */
  async open(listener: StreamListener): Promise<EventStream> {
    const client = new Client(this.#address, this.#credentials, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
      'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
    });
    try {
      await this.#authenticate(client);
    } catch (error) {
      client.close();
      throw error;
    }
    const { path, requestSerialize, responseDeserialize } = spageApiService.streamEvents;
    const metadata = new Metadata();
    // The key itself: a token would end before a stream of hours does.
    metadata.set('authorization', `Bearer ${this.apiKey}`);
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    return follow(client, call, listener);
  }

  async #authenticate(client: Client): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = spageApiService.authenticate;
    const answer = await new Promise<spage.api.AuthResponse>((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { apiKey: this.apiKey },
        new Metadata(),
        { deadline: Date.now() + AUTHENTICATE_LIMIT_MS },
        (error, value) => (error || !value ? reject(error ?? new Error('no answer')) : resolve(value)),
      );
    });
    if (!answer.success)
      throw new Error(`the API refuses the key: ${answer.error?.message ?? 'without a reason'}`);
  }
}

function follow(
  client: Client,
  call: ClientDuplexStream<WireEvent, WireEvent>,
  listener: StreamListener,
): EventStream {
  let over = false;
  const end = (error: Error | undefined) => {
    if (over) return;
    over = true;
    call.cancel();
    client.close();
    if (error) listener.ended(error);
  };
  call.on('data', ({ type, data }: WireEvent) => {
    if (!over) listener.event({ type: type ?? '', data: data ?? {} });
  });
  call.on('error', (error: ServiceError) => end(error));
  call.on('end', () => end(new Error('the API has ended the stream')));
  return {
    send: ({ type, data }) => {
      const nowMs = Date.now();
      const timestamp = { seconds: Math.floor(nowMs / 1_000), nanos: (nowMs % 1_000) * 1_000_000 };
      if (!over) call.write({ type, data: { ...data }, timestamp });
    },
    close: () => end(undefined),
  };
}

import type { WebhookDestination } from '@boomerang/domain';
import { signWebhook } from '@boomerang/protocol';
import { Agent, request } from 'undici';
import { guardedConnector } from '../transports/http/guarded-connector.js';
import { type Message, MessageRefusedError, type Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';

/** An answer's body is read up to this, so that its connection can be used again; what is longer costs it. */
const MOST_BODY_BYTES = 65_536;
/** By these the receiver finds fault with the message, not with the moment. */
const REFUSALS = [400, 413, 415, 422];

/** `POST` of the JSON, signed with the client's own secrets if it has any; 2xx acknowledges. Redirects are not followed. */
export function createWebhookSink(options: SinkOptions): Sink<WebhookDestination> {
  const agent = new Agent({ pipelining: 1, connect: guardedConnector(options) });
  return {
    async send({ url }, message) {
      const keys = await options.signingKeys.of(message.clientId);
      if (!keys) throw new Error("the client's signing secrets can't be read now");
      const { statusCode, body } = await request(url, {
        method: 'POST',
        dispatcher: agent,
        headers: headersOf(message, keys),
        body: message.body,
        signal: AbortSignal.timeout(options.callbackTimeoutMs),
      });
      await body.dump({ limit: MOST_BODY_BYTES });
      if (statusCode >= 200 && statusCode < 300) return;
      const error = `HTTP status ${statusCode}`;
      throw REFUSALS.includes(statusCode) ? new MessageRefusedError(error) : new Error(error);
    },
    close: () => agent.destroy(),
  };
}

function headersOf({ id, body }: Message, keys: readonly Uint8Array[]): Record<string, string> {
  const at = { id, timestamp: Math.floor(Date.now() / 1_000) };
  return {
    'content-type': 'application/json',
    'user-agent': 'boomerang',
    'webhook-id': id,
    'webhook-timestamp': String(at.timestamp),
    ...(keys.length > 0 && { 'webhook-signature': signWebhook(keys, at, body).signature }),
  };
}

import type { WebhookDestination } from '@boomerang/domain';
import { signWebhook } from '@boomerang/protocol';
import { AnswerParser, type HttpAnswer } from '../transports/http/answer/answer-parser.js';
import { encodeRequest, httpTargetOf } from '../transports/http/http-request.js';
import { ConnectionPool } from '../transports/shared/connection-pool.js';
import { type Message, MessageRefusedError, type Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';

interface Answered {
  readonly kind: 'answered';
  readonly status: number;
}

/** Statuses that refuse this message; any other failure may concern all messages. */
const REFUSALS = [400, 413, 415, 422];

/** `POST` of the JSON, signed with the client's own secrets if it has any; 2xx acknowledges. Redirects are not followed. */
export function createWebhookSink(options: SinkOptions): Sink<WebhookDestination> {
  const pool = new ConnectionPool<HttpAnswer, Answered>(options, () => new AnswerParser());
  return {
    async send({ url }, message) {
      const keys = await options.signingKeys.of(message.clientId);
      if (!keys) throw new Error("the client's signing secrets can't be read now");
      const target = httpTargetOf(url);
      const result = await pool.exchange(target, {
        request: encodeRequest(target, headersOf(message, keys), message.body),
        objection: () => undefined,
        endsAt: performance.now() + options.callbackTimeoutMs,
        judge: ({ status }) => ({ kind: 'answered', status }),
      });
      if (result.kind !== 'answered') throw new Error(result.error);
      if (result.status >= 200 && result.status < 300) return;
      const error = `HTTP status ${result.status}`;
      throw REFUSALS.includes(result.status) ? new MessageRefusedError(error) : new Error(error);
    },
    close: async () => pool.close(),
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

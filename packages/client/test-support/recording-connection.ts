import { type DecodedEnvelope, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';
import type { Connection } from '../src/connection/connection.js';
import type { RequestEnvelope } from '../src/connection/request-envelope.js';

/** A connection that gives each request the next of `replies`, the last to all others; what was sent is kept as it looks there. */
export function recordingConnection(...replies: RequestEnvelope[]): Connection & { sent: DecodedEnvelope[] } {
  const sent: DecodedEnvelope[] = [];
  return {
    sent,
    async request(envelope) {
      sent.push(decodeEnvelope(encodeEnvelope(envelope)));
      return decodeEnvelope(encodeEnvelope(replies[sent.length - 1] ?? replies.at(-1) ?? {}));
    },
    close: async () => undefined,
  };
}

import { randomInt } from 'node:crypto';
import { type AttemptResult, type ClaimedOccurrence, hostPortOf } from '@boomerang/domain';
import { type boomerang, encodeEnvelope, MAX_DATAGRAM_BYTES } from '@boomerang/protocol';
import { Addresses } from '../shared/addresses.js';
import { callbackRequest } from '../shared/callback-envelope.js';
import { CLOSED, createClosing } from '../shared/closing.js';
import { connectFailure } from '../shared/connect-failure.js';
import { perCallback } from '../shared/per-callback.js';
import type { Transport, TransportOptions } from '../transport.js';
import { ask } from './udp-question.js';
import { UdpSenders } from './udp-senders.js';

/** `randomInt` gives whole numbers below this. */
const REQUEST_IDS = 2 ** 48;

/** Callbacks as datagrams. Where the receiver answers, each goes out from a port of its own; all others share one. */
export function createUdpTransport(options: TransportOptions): Transport {
  const addresses = new Addresses(options.guard, options.callbackConnectTimeoutMs);
  const senders = new UdpSenders();
  const closing = createClosing();
  const targetOf = perCallback(hostPortOf);

  return {
    endpointOf(callback) {
      const { host, port } = targetOf(callback);
      return { origin: `udp://${host}:${port}`, path: '' };
    },

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const target = targetOf(callback);
      const { port } = target;
      const acked = callback.protocol === 'UDP' && callback.acked === true;
      const requestId = randomInt(1, REQUEST_IDS);
      const datagram = encodeFitting(callbackRequest(occurrence, sign), acked ? requestId : undefined);
      if (datagram.length > MAX_DATAGRAM_BYTES) return tooLong(datagram, occurrence);
      try {
        const address = await addresses.of(target);
        if (acked) {
          const question = { datagram, requestId, port, endsAt, closing: closing.signal };
          return await ask(address, question, objection);
        }
        return await senders.tell(address, port, datagram, objection);
      } catch (error) {
        return connectFailure(error as Error);
      }
    },

    async close() {
      closing.abort(CLOSED);
      await senders.close();
    },
  };
}

/** What a receiver can do without, the first thing first. */
const DISPENSABLE = ['tags', 'idempotencyKey', 'latenessMs'] as const;

/** As much as fits a datagram. It may be longer than that if what has to be in it is. */
function encodeFitting(
  callbackRequest: boomerang.CallbackRequest.$Properties,
  requestId: number | undefined,
): Buffer {
  const told = { ...callbackRequest };
  const encode = () =>
    encodeEnvelope({ callbackRequest: told, ...(requestId !== undefined && { requestId }) });
  let datagram = encode();
  for (const field of DISPENSABLE) {
    if (datagram.length <= MAX_DATAGRAM_BYTES) break;
    delete told[field];
    datagram = encode();
  }
  return datagram;
}

/** Terminal unless the datagram would fit without signatures, of which there may be fewer later, and request id. */
function tooLong({ length }: Buffer, occurrence: ClaimedOccurrence): AttemptResult {
  const error = `the datagram would have ${length} bytes, more than ${MAX_DATAGRAM_BYTES}`;
  const leastBytes = encodeFitting(callbackRequest(occurrence, undefined), undefined).length;
  const kind = leastBytes > MAX_DATAGRAM_BYTES ? 'terminal' : 'retryable';
  return { kind, errorClass: 'unsendable', error };
}

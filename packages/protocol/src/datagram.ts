import { boomerang } from './protobuf.js';

/** The largest datagram of a callback over UDP: what passes the usual links in one piece. */
export const MAX_DATAGRAM_BYTES = 1_200;

/** Room for the name of an occurrence, two signatures and a request id, whatever the numbers are. */
const WIDEST: boomerang.BoomerangEnvelope.$Properties = {
  requestId: Number.MAX_SAFE_INTEGER,
  callbackRequest: {
    taskId: 'x'.repeat(36),
    occurrence: Number.MAX_SAFE_INTEGER,
    attempt: 0xffff_ffff,
    scheduledTimeMs: Number.MAX_SAFE_INTEGER,
    webhookId: 'x'.repeat(64),
    webhookTimestamp: Number.MAX_SAFE_INTEGER,
    webhookSignature: `${signature()} ${signature()}`,
  },
};

/** The longest payload that fits a datagram with everything around it, for a client of that name. */
export function mostDatagramPayloadBytes(clientId: string): number {
  const callbackRequest = {
    ...WIDEST.callbackRequest,
    clientId,
    payload: new Uint8Array(MAX_DATAGRAM_BYTES),
  };
  const bytes = boomerang.BoomerangEnvelope.encode({ ...WIDEST, callbackRequest }).finish().length;
  return MAX_DATAGRAM_BYTES - (bytes - MAX_DATAGRAM_BYTES);
}

/** As long as a Standard Webhooks v1 signature is. */
function signature(): string {
  return `v1,${'x'.repeat(44)}`;
}

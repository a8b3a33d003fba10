import type { ClaimedOccurrence } from '@boomerang/domain';
import { type boomerang, encodeEnvelope } from '@boomerang/protocol';
import type { Sign } from './sign.js';

/** The callback of an occurrence as every wire that speaks envelopes carries it. */
export function callbackEnvelope(occurrence: ClaimedOccurrence, sign: Sign | undefined): Buffer {
  return encodeEnvelope({ callbackRequest: callbackRequest(occurrence, sign) });
}

/** The signature covers the payload only: it can't cover the envelope, which it is part of. */
export function callbackRequest(
  {
    taskId,
    payload,
    clientId,
    occurrence,
    attempt,
    scheduledTimeMs,
    latenessMs,
    tags,
    idempotencyKey,
  }: ClaimedOccurrence,
  sign: Sign | undefined,
): boomerang.CallbackRequest.$Properties {
  const told = { latenessMs: latenessMs ?? null, tags: [...tags], idempotencyKey: idempotencyKey ?? null };
  const request = { taskId, payload, clientId, occurrence, attempt, scheduledTimeMs, ...told };
  const signed = sign?.(payload);
  if (!signed) return request;
  const { id, timestamp, signature } = signed;
  return { ...request, webhookId: id, webhookTimestamp: timestamp, webhookSignature: signature };
}

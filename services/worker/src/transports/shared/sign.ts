import type { ClaimedOccurrence } from '@boomerang/domain';
import { signWebhook, type WebhookSignature } from '@boomerang/protocol';

/** Signs the content of an attempt. */
export type Sign = (body: Uint8Array) => WebhookSignature;

/**
 * For one attempt, begun at `nowMs` (Unix epoch); undefined if there are no keys, so that it goes unsigned. The id is the
 * same for all attempts of an occurrence, so that receivers can tell duplicates by it.
 */
export function signerOf(
  keys: readonly Uint8Array[],
  { taskId, occurrence }: ClaimedOccurrence,
  nowMs: number,
): Sign | undefined {
  if (keys.length === 0) return undefined;
  const at = { id: `${taskId}:${occurrence}`, timestamp: Math.floor(nowMs / 1_000) };
  return (body) => signWebhook(keys, at, body);
}

/** The signature as HTTP headers and gRPC metadata carry it. */
export function signatureHeaders(signed: WebhookSignature | undefined): Record<string, string> {
  if (!signed) return {};
  const { id, timestamp, signature } = signed;
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
}

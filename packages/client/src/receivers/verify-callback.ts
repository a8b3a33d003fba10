import type { IncomingHttpHeaders } from 'node:http';
import { matchesWebhook, parseWebhookSecret, type WebhookSignature } from '@boomerang/protocol';

export interface VerifyOptions {
  /** How far the time of the signature may be from now, seconds. Default 300. */
  readonly toleranceSeconds?: number;
  /** Unix epoch ms. Default: now. */
  readonly nowMs?: number;
}

/** A callback is not what the service signed, or is too old. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

const TOLERANCE_SECONDS = 300;

/**
 * Checks the signature of an HTTP callback, by its headers and the bytes of its body as they came.
 *
 * @param secrets the client's, `whsec_…`; one that matches is enough, so that they can be rotated.
 * @throws SignatureError unless it was signed with one of them and just now; TypeError for what is no secret.
 */
export function verifyCallback(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  secrets: readonly string[],
  options: VerifyOptions = {},
): void {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    throw new SignatureError('the callback is not signed');
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw new SignatureError('webhook-timestamp is not a number of seconds');
  verifySignature({ id, timestamp: Number(timestamp), signature }, body, secrets, options);
}

/**
 * Checks a signature that came as fields 20 to 22 of `CallbackRequest` or as gRPC metadata: it is over the payload.
 *
 * @throws as `verifyCallback`.
 */
export function verifySignature(
  signed: WebhookSignature,
  payload: Uint8Array,
  secrets: readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, nowMs = Date.now() }: VerifyOptions = {},
): void {
  const keys = secrets.map(requireSecret);
  if (!matchesWebhook(keys, signed, payload)) throw new SignatureError('the signature is wrong');
  const ageSeconds = Math.abs(nowMs / 1_000 - signed.timestamp);
  if (ageSeconds <= toleranceSeconds) return;
  throw new SignatureError(`signed ${Math.round(ageSeconds)} s from now; allowed: ${toleranceSeconds} s`);
}

function requireSecret(text: string): Buffer {
  const key = parseWebhookSecret(text);
  if (key) return key;
  throw new TypeError('that is not a signing secret; allowed: whsec_ and 24 to 64 bytes in base64');
}

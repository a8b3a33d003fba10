import type { IncomingHttpHeaders } from 'node:http';
import { matchesWebhook, type WebhookSignature } from '@boomerang/protocol';
import { checkOptions, type OptionNames, requireObject } from '../arguments/check-options.js';
import { checkText, checkWhole } from '../arguments/check-values.js';
import { unusable } from '../arguments/invalid-argument.js';
import { type Bytes, toBytes } from '../arguments/to-bytes.js';
import { requireSecrets } from './require-secrets.js';

export interface VerifyOptions {
  /** How far the time of the signature may be from now, seconds, from 0. Default 300. */
  readonly toleranceSeconds?: number;
  /** Unix epoch ms. Default: now. */
  readonly nowMs?: number;
}

/** A callback is not what the service signed, or is too old. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

const TOLERANCE_SECONDS = 300;
const SECONDS = { least: 0, most: 999_999_999_999, unit: 'seconds (Unix epoch)' };
const OPTION_NAMES: OptionNames<VerifyOptions> = { toleranceSeconds: true, nowMs: true };

/**
 * Checks the signature of an HTTP callback.
 *
 * @param headers their names in lower case, as Node has them. Of a `Headers` object: `Object.fromEntries(headers)`.
 * @param body every byte as it came, before anything is parsed; a text counts as its UTF-8.
 * @param secrets the client's, `whsec_…`; one that matches is enough, so that they can be rotated.
 * @throws SignatureError unless it was signed with one of them and just now; BoomerangClientError for arguments that can't
 *   be used.
 */
export function verifyCallback(
  headers: IncomingHttpHeaders,
  body: Bytes,
  secrets: readonly string[],
  options: VerifyOptions = {},
): void {
  requireObject('headers', headers, 'an object with the names of headers in lower case');
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
  payload: Bytes,
  secrets: readonly string[],
  options: VerifyOptions = {},
): void {
  checkSigned(signed);
  checkOptions('options', options, OPTION_NAMES);
  const { toleranceSeconds = TOLERANCE_SECONDS, nowMs = Date.now() } = options;
  checkTime('toleranceSeconds', toleranceSeconds);
  checkTime('nowMs', nowMs);
  if (!matchesWebhook(requireSecrets(secrets), signed, toBytes('payload', payload))) {
    throw new SignatureError('the signature is wrong');
  }
  const ageSeconds = Math.abs(nowMs / 1_000 - signed.timestamp);
  if (ageSeconds <= toleranceSeconds) return;
  throw new SignatureError(`signed ${Math.round(ageSeconds)} s from now; allowed: ${toleranceSeconds} s`);
}

function checkSigned(signed: WebhookSignature): void {
  requireObject('signature', signed, 'an object with id, timestamp and signature');
  checkText('signature.id', signed.id);
  checkText('signature.signature', signed.signature);
  checkWhole('signature.timestamp', signed.timestamp, SECONDS);
}

/** A NaN would pass every comparison that follows. */
function checkTime(field: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw unusable(field, value, 'a number from 0');
}

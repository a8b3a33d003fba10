import { invalidField } from '../errors.js';

const MAX_IDEMPOTENCY_KEY_BYTES = 128;

/** Control characters, and halves of surrogate pairs, which have no encoding of their own in UTF-8. */
const REFUSED = /[\p{Cc}\p{Cs}]/u;

export const ALLOWED_IDEMPOTENCY_KEY = `1 to ${MAX_IDEMPOTENCY_KEY_BYTES} bytes of UTF-8 without control characters`;

/** Why `key` can't name a registration; undefined if it can. Two keys are the same if their bytes in UTF-8 are. */
export function idempotencyKeyProblem(key: string): string | undefined {
  const bytes = new TextEncoder().encode(key).length;
  if (bytes < 1 || bytes > MAX_IDEMPOTENCY_KEY_BYTES) return `${bytes} bytes`;
  const at = key.search(REFUSED);
  if (at < 0) return undefined;
  const code = key.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} at position ${at}`;
}

/** @throws BoomerangError `invalid_request` if `key` can't name a registration. */
export function validateIdempotencyKey(key: string): void {
  const problem = idempotencyKeyProblem(key);
  if (problem) throw invalidField('idempotencyKey', problem, ALLOWED_IDEMPOTENCY_KEY);
}

import type { ReceivedCallback } from './callback.js';
import { SignatureError, verifySignature } from './verify-callback.js';

/**
 * Checks the signature over the payload.
 *
 * @param secrets absent: nothing is checked.
 * @throws SignatureError unless one of them signed it, just now.
 */
export function requireSigned(
  { signature, payload }: ReceivedCallback,
  secrets: readonly string[] | undefined,
): void {
  if (!secrets) return;
  if (!signature) throw new SignatureError('the callback is not signed');
  verifySignature(signature, payload, secrets);
}

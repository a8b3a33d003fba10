import { unusable } from '../arguments/invalid-argument.js';

/** A key as a string of RFC 9651. @throws BoomerangClientError for one that a header can't carry. */
export function idempotencyKeyHeader(key: string): string {
  if (/^[\x20-\x7e]*$/.test(key)) return `"${key.replace(/["\\]/g, '\\$&')}"`;
  throw unusable('idempotencyKey', key, 'over HTTP, 1 to 128 printable ASCII characters');
}

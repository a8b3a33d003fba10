import { ALLOWED_IDEMPOTENCY_KEY, invalidField, quote } from '@boomerang/domain';

/** A string of RFC 9651, 3.3.3. */
const STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * The key that the header names: a string in quotes, as the IETF's draft has it, or the bare text that most programs send.
 *
 * @throws BoomerangError `invalid_request` for quotes that don't match.
 */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || !header.startsWith('"')) return header;
  const [, inside] = STRING.exec(header) ?? [];
  if (inside !== undefined) return inside.replace(/\\(.)/g, '$1');
  throw invalidField('idempotencyKey', `${quote(header)} is no string in quotes`, ALLOWED_IDEMPOTENCY_KEY);
}

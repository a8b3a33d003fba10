import { createHash } from 'node:crypto';

/** A client's name for a task, as Redis stores it. */
export interface Name {
  /** 22 characters: 128 bits of a hash, in base64url. */
  readonly text: string;
  /** The partition where it is reserved. */
  readonly home: number;
}

/** Kinds of names: equal texts of two kinds are different names. */
type NameKind = 'idempotency key' | 'spage task';

/**
 * The name for a client's text. Equal texts of two clients are different names.
 *
 * @param oldest number of partitions that names are spread over.
 */
export function nameOf(
  clientId: string,
  text: string,
  oldest: number,
  kind: NameKind = 'idempotency key',
): Name {
  // Neither a client's id nor such a text can hold a NUL.
  const hash = createHash('sha256').update([kind, clientId, text].join('\0')).digest();
  return { text: hash.subarray(0, 16).toString('base64url'), home: hash.readUInt32BE(16) % oldest };
}

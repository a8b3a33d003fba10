import { createHash } from 'node:crypto';

/** What a client calls a task by, as Redis knows it. */
export interface Name {
  /** 22 characters: 128 bits of a hash, in base64url. */
  readonly text: string;
  /** The partition where it is reserved. */
  readonly home: number;
}

/** What clients name: the names of two kinds never meet. */
type NameKind = 'idempotency key' | 'spage task';

/**
 * The name that a client's text is. The names of two clients never meet.
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

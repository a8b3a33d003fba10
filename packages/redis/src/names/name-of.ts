import { createHash } from 'node:crypto';

/** What a client calls a task by, as Redis knows it. */
export interface Name {
  /** 22 characters: 128 bits of a hash, in base64url. */
  readonly text: string;
  /** The partition where it is reserved. */
  readonly home: number;
}

/**
 * The name that an idempotency key is. The names of two clients never meet.
 *
 * @param oldest number of partitions that names are spread over.
 */
export function nameOf(clientId: string, idempotencyKey: string, oldest: number): Name {
  // Neither a client's id nor a key can hold a NUL.
  const hash = createHash('sha256').update(['idempotency key', clientId, idempotencyKey].join('\0')).digest();
  return { text: hash.subarray(0, 16).toString('base64url'), home: hash.readUInt32BE(16) % oldest };
}

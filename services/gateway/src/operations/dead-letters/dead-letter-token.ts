import { type DeadLetterCursor, invalidField } from '@boomerang/domain';

/** Where a walk through dead letters goes on. */
export interface DeadLetterToken {
  readonly cursor: DeadLetterCursor;
  /** When the next one to be replayed is due at the given rate, Unix epoch ms. */
  readonly dueMs: number;
}

/** A token as an opaque text. */
export function encodeDeadLetterToken({ cursor: { position, untilMs }, dueMs }: DeadLetterToken): string {
  const { ms, sequence, partition } = position;
  return Buffer.from([ms, sequence, partition, untilMs, dueMs].join('.')).toString('base64url');
}

/** @throws BoomerangError `invalid_request` for what `encodeDeadLetterToken` has not made. */
export function decodeDeadLetterToken(token: string): DeadLetterToken {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  if (!/^\d{1,15}(\.\d{1,15}){4}$/.test(text)) {
    throw invalidField('next_token', 'it is not a page token', 'empty, or next_token of the page before');
  }
  const [ms, sequence, partition, untilMs, dueMs] = text.split('.').map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { cursor: { position: { ms, sequence, partition }, untilMs }, dueMs };
}

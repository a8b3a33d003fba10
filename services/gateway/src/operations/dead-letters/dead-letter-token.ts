import { type DeadLetterCursor, LATEST_TIME_MS, MAX_PARTITIONS } from '@boomerang/domain';
import { noPageToken } from '../no-page-token.js';

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

/** @throws BoomerangError `invalid_request` for what `encodeDeadLetterToken` can't have made. */
export function decodeDeadLetterToken(token: string): DeadLetterToken {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  if (!/^\d{1,15}(\.\d{1,15}){4}$/.test(text)) {
    throw noPageToken();
  }
  const [ms, sequence, partition, untilMs, dueMs] = text.split('.').map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const possible =
    partition < MAX_PARTITIONS && untilMs > 0 && Math.max(ms, untilMs, dueMs) <= LATEST_TIME_MS;
  if (!possible) throw noPageToken();
  return { cursor: { position: { ms, sequence, partition }, untilMs }, dueMs };
}

import type { DeadLetterPosition, DeadLetterStore, Session } from '@boomerang/domain';
import {
  type DeadLetterSelection,
  type RefusedDeadLetter,
  refusal,
  selectDeadLetters,
} from './dead-letter-selection.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';

export interface PurgeDeadLettersRequest extends DeadLetterSelection {
  readonly evenNotForwarded: boolean;
}

export interface PurgeDeadLettersAnswer {
  readonly purged: number;
  readonly refused: readonly RefusedDeadLetter[];
  /** Empty = that was all. */
  readonly nextToken: string;
}

/** Removes dead letters of the session's client for good. */
export async function purgeDeadLetters(
  store: DeadLetterStore,
  { clientId }: Session,
  request: PurgeDeadLettersRequest,
): Promise<PurgeDeadLettersAnswer> {
  const { letters, next } = await selectDeadLetters(store, clientId, request);
  const outcomes = await store.purge(clientId, letters, request.evenNotForwarded);
  const refused = outcomes.flatMap((outcome, i) =>
    outcome === 'purged' ? [] : [refusal(letters[i] as DeadLetterPosition, outcome)],
  );
  const nextToken = next ? encodeDeadLetterToken({ cursor: next, dueMs: 0 }) : '';
  return { purged: outcomes.length - refused.length, refused, nextToken };
}

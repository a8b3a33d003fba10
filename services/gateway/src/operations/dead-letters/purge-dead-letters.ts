import type { DeadLetterPosition } from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { type DeadLetterSelection, selectDeadLetters } from './dead-letter-selection.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';
import { type RefusedDeadLetter, refusedDeadLetter } from './refused-dead-letter.js';

export interface PurgeDeadLettersRequest extends DeadLetterSelection {
  readonly evenNotForwarded: boolean;
}

export interface PurgeDeadLettersAnswer {
  readonly purged: number;
  readonly refused: readonly RefusedDeadLetter[];
  /** Empty = that was all. */
  readonly nextToken: string;
}

/** Removes dead letters of the caller's client for good. */
export const purgeDeadLetters: Operation<PurgeDeadLettersRequest, PurgeDeadLettersAnswer> = {
  permission: 'manage',
  changes: true,
  audit: {
    action: 'dead-letter.purge',
    details: ({ purged, refused }) => ({ purged: String(purged), refused: String(refused.length) }),
  },
  async run({ deadLetters }, { clientId }, request) {
    const { letters, next } = await selectDeadLetters(deadLetters, clientId, request);
    const outcomes = await deadLetters.purge(clientId, letters, request.evenNotForwarded);
    const refused = outcomes.flatMap((outcome, i) =>
      outcome === 'purged' ? [] : [refusedDeadLetter(letters[i] as DeadLetterPosition, outcome)],
    );
    const nextToken = next ? encodeDeadLetterToken({ cursor: next, dueMs: 0 }) : '';
    return { purged: outcomes.length - refused.length, refused, nextToken };
  },
};

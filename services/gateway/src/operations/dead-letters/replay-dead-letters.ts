import {
  BoomerangError,
  type Caller,
  type DeadLetterPosition,
  formatDeadLetterId,
  MAX_DELAY_MS,
  type ReplayOutcome,
  requireWholeNumber,
} from '@boomerang/domain';
import { noPageToken } from '../no-page-token.js';
import type { Operation } from '../operation.js';
import { type DeadLetterSelection, selectDeadLetters } from './dead-letter-selection.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';
import { type RefusedDeadLetter, refusedDeadLetter } from './refused-dead-letter.js';

export interface ReplayDeadLettersRequest extends DeadLetterSelection {
  /** So many tasks become due per second; 0 = all at once. */
  readonly ratePerSecond: number;
  readonly useSessionCallback: boolean;
  readonly evenNotForwarded: boolean;
}

export interface ReplayedDeadLetter {
  readonly deadLetterId: string;
  readonly taskId: string;
  readonly scheduledTimeMs: number;
  readonly replayedBefore: boolean;
}

export interface ReplayDeadLettersAnswer {
  readonly replayed: readonly ReplayedDeadLetter[];
  readonly refused: readonly RefusedDeadLetter[];
  /** Empty = all are replayed. */
  readonly nextToken: string;
}

const MOST_PER_SECOND = 100_000;

/** Makes tasks of dead letters of the caller's client. */
export const replayDeadLetters: Operation<ReplayDeadLettersRequest, ReplayDeadLettersAnswer> = {
  permission: 'manage',
  changes: true,
  audit: {
    action: 'dead-letter.replay',
    details: ({ replayed, refused }) => ({
      replayed: String(replayed.length),
      refused: String(refused.length),
    }),
  },
  async run({ deadLetters, admit }, caller, request) {
    const { ratePerSecond, evenNotForwarded } = request;
    const callback = callbackOf(caller, request);
    requireWholeNumber('ratePerSecond', ratePerSecond, 0, MOST_PER_SECOND);
    const { letters, next, dueMs, nowMs } = await selectDeadLetters(deadLetters, caller.clientId, request);
    const delayOf = (n: number) => (ratePerSecond === 0 ? 0 : Math.floor((n * 1_000) / ratePerSecond));
    const requests = letters.map((id, i) => ({ id, delayMs: delayOf(i) }));
    const startMs = Math.max(dueMs, nowMs);
    // By Redis's clock. A token is the caller's: whoever forges one must not get a task due at a time that no task may have.
    if (startMs - nowMs > MAX_DELAY_MS) throw noPageToken();
    // They were let in with their payloads once.
    if (letters.length > 0)
      await admit(caller.clientId, { count: letters.length, payloadBytes: 0, repeatIntervalMs: 0 });
    const options = { callback, evenNotForwarded, startMs };
    const outcomes = await deadLetters.replay(caller.clientId, requests, options);
    const nextDueMs = startMs + delayOf(letters.length);
    const nextToken = next ? encodeDeadLetterToken({ cursor: next, dueMs: nextDueMs }) : '';
    return { ...sortOutcomes(letters, outcomes), nextToken };
  },
};

function callbackOf({ policy }: Caller, { useSessionCallback }: ReplayDeadLettersRequest) {
  if (!useSessionCallback) return undefined;
  if (policy?.callback) return policy.callback;
  throw new BoomerangError(
    'invalid_request',
    (spell) => `${spell('useSessionCallback')}: this session was opened without a callback`,
    { field: 'useSessionCallback' },
  );
}

function sortOutcomes(letters: readonly DeadLetterPosition[], outcomes: readonly ReplayOutcome[]) {
  const replayed: ReplayedDeadLetter[] = [];
  const refused: RefusedDeadLetter[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const id = letters[i] as DeadLetterPosition;
    if (outcome.kind === 'replayed') {
      const { taskId, scheduledTimeMs, before } = outcome;
      const deadLetterId = formatDeadLetterId(id);
      replayed.push({ deadLetterId, taskId, scheduledTimeMs, replayedBefore: before });
    } else refused.push(refusedDeadLetter(id, outcome.kind));
  }
  return { replayed, refused };
}

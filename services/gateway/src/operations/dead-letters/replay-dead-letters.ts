import {
  BoomerangError,
  type DeadLetterPosition,
  type DeadLetterStore,
  formatDeadLetterId,
  requireWholeNumber,
  type Session,
} from '@boomerang/domain';
import {
  type DeadLetterSelection,
  type RefusedDeadLetter,
  refusal,
  selectDeadLetters,
} from './dead-letter-selection.js';
import { encodeDeadLetterToken } from './dead-letter-token.js';

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

/** Makes tasks of dead letters of the session's client. */
export async function replayDeadLetters(
  store: DeadLetterStore,
  session: Session,
  request: ReplayDeadLettersRequest,
): Promise<ReplayDeadLettersAnswer> {
  const callback = callbackOf(session, request);
  requireWholeNumber('rate_per_second', request.ratePerSecond, 0, MOST_PER_SECOND);
  const selected = await selectDeadLetters(store, session.clientId, request);
  const delayOf = (n: number) =>
    request.ratePerSecond === 0 ? 0 : Math.floor((n * 1_000) / request.ratePerSecond);
  const requests = selected.letters.map((id, i) => ({ id, delayMs: delayOf(i) }));
  const startMs = Math.max(selected.dueMs, selected.nowMs);
  const options = { callback, evenNotForwarded: request.evenNotForwarded, startMs };
  const outcomes = await store.replay(session.clientId, requests, options);
  const replayed: ReplayedDeadLetter[] = [];
  const refused: RefusedDeadLetter[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const id = selected.letters[i] as DeadLetterPosition;
    if (outcome.kind === 'replayed') {
      const { taskId, scheduledTimeMs, before } = outcome;
      const deadLetterId = formatDeadLetterId(id);
      replayed.push({ deadLetterId, taskId, scheduledTimeMs, replayedBefore: before });
    } else refused.push(refusal(id, outcome.kind));
  }
  const { next, letters } = selected;
  const dueMs = startMs + delayOf(letters.length);
  return { replayed, refused, nextToken: next ? encodeDeadLetterToken({ cursor: next, dueMs }) : '' };
}

function callbackOf({ policy }: Session, { useSessionCallback }: ReplayDeadLettersRequest) {
  if (!useSessionCallback) return undefined;
  if (policy.callback) return policy.callback;
  throw new BoomerangError(
    'invalid_request',
    'use_session_callback: this session was opened without a callback',
  );
}

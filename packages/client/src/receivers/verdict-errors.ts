import { checkWhole } from '../arguments/check-values.js';

const PAUSE = { least: 1, most: Number.MAX_SAFE_INTEGER, unit: 'milliseconds' };

/** Thrown by a handler: the callback failed, and the next attempt is made after this pause. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter';

  /**
   * @param pauseMs whole milliseconds from 1; more than 24 h counts as that.
   * @throws BoomerangClientError for what is none.
   */
  constructor(
    readonly pauseMs: number,
    reason = 'to be tried again later',
  ) {
    super(reason);
    checkWhole('pauseMs', pauseMs, PAUSE);
  }
}

/** Thrown by a handler: the callback is done, and the task has no further occurrence. */
export class StopRecurrence extends Error {
  override readonly name = 'StopRecurrence';

  constructor(reason = 'no further occurrence') {
    super(reason);
  }
}

/** Thrown by a handler: the callback failed for good; the occurrence is a dead letter at once, with this reason. */
export class DeadLetter extends Error {
  override readonly name = 'DeadLetter';
}

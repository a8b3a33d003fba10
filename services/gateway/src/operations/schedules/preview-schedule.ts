import { firstTimes } from '@boomerang/calendar';
import { type Calendar, LATEST_TIME_MS, requireWholeNumber } from '@boomerang/domain';
import type { Operation } from '../operation.js';

export interface PreviewRequest extends Calendar {
  /** How many times. 0 = 10; at most 1000. */
  readonly count: number;
  /** Unix epoch ms that the times come after; 0 = now. */
  readonly afterMs: number;
}

const DEFAULT_COUNT = 10;
const MOST_COUNT = 1_000;

/** When a task would recur by a calendar: Unix epoch ms, ascending. */
export const previewSchedule: Operation<PreviewRequest, readonly number[]> = {
  permission: 'read',
  changes: false,
  async run({ tasks }, _caller, { count, afterMs, ...calendar }) {
    requireWholeNumber('count', count, 0, MOST_COUNT);
    requireWholeNumber('afterMs', afterMs, 0, LATEST_TIME_MS);
    return firstTimes(calendar, afterMs || (await tasks.now()), count || DEFAULT_COUNT);
  },
};

import { MISSED, OVERLAPS } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { EXPIRED } from '../session/task-options.js';

/** When occurrences expire, and how a task recurs and ends, as the JSON of the API has it. */
export function endsToJson(task: boomerang.Task.$Properties): object {
  const { expiresAfterMs, expiredAction, missed, overlap, maxOccurrences, untilMs } = task;
  return {
    ...(expiresAfterMs && { expiresAfter: expiresAfterMs }),
    ...(expiredAction && { expired: EXPIRED[expiredAction] }),
    ...(missed && { missed: MISSED[missed] }),
    ...(overlap && { overlap: OVERLAPS[overlap] }),
    ...(maxOccurrences && { maxOccurrences }),
    ...(untilMs && { until: new Date(untilMs) }),
  };
}

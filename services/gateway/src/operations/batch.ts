import { BoomerangError, invalidField } from '@boomerang/domain';

/** Of one call. */
const MOST_ITEMS = 1_000;

/** What became of an item of a batch. */
export type Outcome<T> = T | BoomerangError;

/** How many items were not refused. */
export function countDone(outcomes: readonly Outcome<unknown>[]): number {
  return outcomes.filter((outcome) => !(outcome instanceof BoomerangError)).length;
}

/** @throws BoomerangError `invalid_request` unless there are 1 to 1,000. */
export function requireBatch(field: string, items: readonly unknown[]): void {
  if (items.length >= 1 && items.length <= MOST_ITEMS) return;
  const problem = items.length === 0 ? 'it is empty' : `${items.length} tasks`;
  throw invalidField(field, problem, `1 to ${MOST_ITEMS} tasks in one call`);
}

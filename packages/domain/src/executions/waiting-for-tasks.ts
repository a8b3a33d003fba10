/** So many are told by name. */
const MOST_NAMES = 10;

/**
 * What a task waits for, for people.
 *
 * @param names those that are known, all of them or none.
 */
export function waitingForTasks(count: number, names: readonly string[]): string {
  const tasks = count === 1 ? '1 task' : `${count} tasks`;
  if (names.length === 0) return tasks;
  const told = [...names].sort().slice(0, MOST_NAMES);
  const more = count > told.length ? ` and ${count - told.length} more` : '';
  return `${tasks}: ${told.join(', ')}${more}`;
}

import { dueOf, type ModelTask } from './model-state.js';

const MISSED_AFTER_MS = 1_000;
const MOST_MADE_UP = 1_000;
const PACE_MS = 50;

/** Whether a recurring task has an occurrence of this number. */
export function hasOccurrence(task: ModelTask, number: number): boolean {
  const { maxOccurrences = Number.POSITIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } =
    task.terms.recurrence ?? {};
  return number <= maxOccurrences && dueOf(task, number) <= untilMs;
}

export function hasExpired({ terms }: ModelTask, scheduled: number, now: number): boolean {
  return terms.expiry !== undefined && now - scheduled > terms.expiry.afterMs;
}

/** Of what was missed the latest stands for all, unless the task's terms say otherwise. */
export function chosenOccurrence(task: ModelTask, now: number): number {
  const { next, terms } = task;
  const missed = terms.recurrence?.missed;
  let number = next;
  if (now - dueOf(task, next) < MISSED_AFTER_MS) return next;
  if (missed === 'skip') {
    while (now - dueOf(task, number) >= MISSED_AFTER_MS) number++;
    return number;
  }
  while (dueOf(task, number + 1) <= now) number++;
  if (missed === 'all') number = Math.max(next, number - MOST_MADE_UP + 1);
  while (number > next && !hasOccurrence(task, number)) number--;
  return number;
}

/** When the next occurrence can be claimed. */
export function pacedDue(task: ModelTask, now: number): number {
  const dueMs = dueOf(task, task.next);
  return task.terms.recurrence?.missed === 'all' && dueMs < now ? now + PACE_MS : dueMs;
}

/** How a task ends that has nothing left, by its latest attempt. */
export function endByAttempts({ attempts }: ModelTask): Exclude<ModelTask['state'], 'live'> {
  const outcome = attempts.at(-1)?.split(' ')[1];
  if (outcome === undefined || outcome === 'expired') return 'expired';
  if (outcome === 'delivered' || outcome === 'stop') return 'delivered';
  return outcome === 'sent' ? 'sent' : 'dead_lettered';
}

import { expect } from 'vitest';
import type { Arrival } from '../../e2e/support/arrivals.js';

/** A task that was acked. */
export interface AckedTask {
  readonly taskId: string;
  /** Due time of its first occurrence. */
  readonly scheduledTimeMs: number;
  /** 0 = one-shot. */
  readonly intervalMs: number;
}

/** By `task:occurrence`, each in the order of arrival. */
export function byOccurrence(arrivals: readonly Arrival[]): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const name = `${arrival.taskId}:${arrival.occurrence}`;
    groups.set(name, [...(groups.get(name) ?? []), arrival]);
  }
  return groups;
}

/** No attempt number comes twice, and none after a higher one. */
export function expectAttemptsInOrder(arrivals: readonly Arrival[]): void {
  for (const [name, group] of byOccurrence(arrivals)) {
    const attempts = group.map(({ attempt }) => attempt);
    expect(attempts, `attempts of ${name}`).toEqual([...new Set(attempts)].sort((a, b) => a - b));
  }
}

/**
 * What was acknowledged came once, or, where its first arrival was before `lostUntil`, once more under a higher attempt:
 * the process could have died before it had recorded the acknowledgement. `lostUntil` is by the arrivals' clock.
 */
export function expectNoRepeats(arrivals: readonly Arrival[], lostUntil = 0): void {
  for (const [name, group] of byOccurrence(arrivals)) {
    const arrivedAt = group.map(({ redisMs }) => redisMs);
    const allowed = (arrivedAt[0] as number) <= lostUntil ? 2 : 1;
    expect(group.length, `arrivals of ${name} at ${arrivedAt}`).toBeLessThanOrEqual(allowed);
  }
}

/** Below this nothing is missed: what comes late is made up for one by one. */
const COALESCE_AFTER_MS = 1_000;

/**
 * Occurrences, up to the last that has arrived, that have not come and may not be passed over. Several in a row may be if
 * the next one came late enough after the first of them.
 */
export function missingOccurrences(task: AckedTask, arrivals: readonly Arrival[]): number[] {
  const arrivedAt = new Map<number, number>();
  for (const { taskId, occurrence, redisMs } of arrivals) {
    if (taskId === task.taskId && !arrivedAt.has(occurrence)) arrivedAt.set(occurrence, redisMs);
  }
  const missing: number[] = [];
  let previous = 0;
  for (const occurrence of [...arrivedAt.keys()].sort((a, b) => a - b)) {
    const gap = Array.from({ length: occurrence - previous - 1 }, (_, i) => previous + 1 + i);
    const firstDueMs = task.scheduledTimeMs + previous * task.intervalMs;
    if ((arrivedAt.get(occurrence) as number) - firstDueMs < COALESCE_AFTER_MS) missing.push(...gap);
    previous = occurrence;
  }
  return missing;
}

/** Every occurrence is due at its place. */
export function expectInPhase(task: AckedTask, arrivals: readonly Arrival[]): void {
  for (const { taskId, occurrence, scheduledTimeMs } of arrivals) {
    if (taskId !== task.taskId) continue;
    expect(scheduledTimeMs, `due time of ${taskId}:${occurrence}`).toBe(
      task.scheduledTimeMs + (occurrence - 1) * task.intervalMs,
    );
  }
}

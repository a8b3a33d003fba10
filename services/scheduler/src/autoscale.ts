import type { SliceStore, Workload } from '@boomerang/domain';

/** What an autoscaler is told about the whole system; every scheduler answers the same. All numbers are occurrences. */
export interface AutoscaleReading {
  /** Occurrences that workers have to handle within a minute: the number to scale by. */
  readonly workload: number;
  /** Overdue, or claimed and not settled. */
  readonly backlog: number;
  readonly due_within_60s: number;
  readonly claimed_last_60s: number;
  readonly parked: number;
}

/** @throws when a partition can't be read. */
export async function readAutoscale(store: SliceStore, partitions: number): Promise<AutoscaleReading> {
  const all = await Promise.all(Array.from({ length: partitions }, (_, i) => store.workload(i)));
  const sum = (of: (workload: Workload) => number) => all.reduce((total, each) => total + of(each), 0);
  const reading = {
    backlog: sum(({ overdue, inFlight }) => overdue + inFlight),
    due_within_60s: sum(({ dueWithinMinute }) => dueWithinMinute),
    claimed_last_60s: sum(({ claimedLastMinute }) => claimedLastMinute),
    parked: sum(({ parked }) => parked),
  };
  return { workload: workloadOf(reading), ...reading };
}

/**
 * The number of occurrences that fall due within a minute shows a load before it comes. The number that was claimed in the
 * last minute stands for those that can't be seen ahead: short delays, and intervals shorter than a minute.
 */
export function workloadOf(reading: Omit<AutoscaleReading, 'workload' | 'parked'>): number {
  return reading.backlog + Math.max(reading.due_within_60s, reading.claimed_last_60s);
}

import type { SliceStore, Workload } from '@boomerang/domain';

/** What an autoscaler is told of the whole system, whichever scheduler it asks; all in occurrences. */
export interface AutoscaleReading {
  /** What workers are needed for, within a minute: the number to scale by. */
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
 * What falls due within a minute is there before the load is. What was claimed in the last one stands in for what can't
 * be seen ahead: short delays, and intervals that come round several times in a minute.
 */
export function workloadOf(reading: Omit<AutoscaleReading, 'workload' | 'parked'>): number {
  return reading.backlog + Math.max(reading.due_within_60s, reading.claimed_last_60s);
}

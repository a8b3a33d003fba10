import { PartitionWatch, type WatchDependencies } from './partition-watch.js';

export interface SchedulerDependencies extends WatchDependencies {
  readonly partitions: number;
}

export interface Scheduler {
  start(): void;
  /** Resolves when no look is under way any more. */
  close(): Promise<void>;
}

/** Owns time: sees to it that every slice with anything due in it gets its tickets. */
export function createScheduler(deps: SchedulerDependencies): Scheduler {
  const watches = Array.from({ length: deps.partitions }, (_, i) => new PartitionWatch(i, deps));
  const ends: (() => void)[] = [];
  return {
    start() {
      ends.push(deps.store.onWake((partition, dueMs) => watches[partition]?.wake(dueMs)));
      ends.push(deps.store.onHandedOn((ticket) => watches[ticket.partition]?.reissue(ticket)));
      for (const watch of watches) watch.start();
    },
    async close() {
      for (const end of ends) end();
      await Promise.all(watches.map((watch) => watch.close()));
    },
  };
}

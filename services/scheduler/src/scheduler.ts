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
  let endWakes: (() => void) | undefined;
  return {
    start() {
      endWakes = deps.store.onWake((partition, dueMs) => watches[partition]?.wake(dueMs));
      for (const watch of watches) watch.start();
    },
    async close() {
      endWakes?.();
      await Promise.all(watches.map((watch) => watch.close()));
    },
  };
}

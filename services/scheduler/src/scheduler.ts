import { type Check, Progress } from '@boomerang/runtime';
import { PartitionWatch, type WatchDependencies } from './partition-watch.js';

export interface SchedulerDependencies extends Omit<WatchDependencies, 'onLooked'> {
  readonly partitions: number;
  /** Whether Redis serves a new connection. */
  readonly redisServes: () => Promise<boolean>;
}

export interface Scheduler {
  start(): void;
  /** Resolves when no look is in progress any more. */
  close(): Promise<void>;
  readonly live: Check;
}

/** Seconds within which each partition has to be looked at, unless Redis does not answer. */
const LOOK_LIMIT_S = 10;

/** Issues tickets for every slice with occurrences in it. */
export function createScheduler(deps: SchedulerDependencies): Scheduler {
  deps.metrics.partitions(deps.partitions);
  const progress = new Progress({
    what: 'look ahead at partition',
    count: deps.partitions,
    limitS: LOOK_LIMIT_S,
    possible: deps.redisServes,
  });
  const onLooked = (partition: number) => progress.made(partition);
  const watches = Array.from(
    { length: deps.partitions },
    (_, i) => new PartitionWatch(i, { ...deps, onLooked }),
  );
  const ends: (() => void)[] = [];
  return {
    start() {
      ends.push(deps.store.onWake((partition, dueMs) => watches[partition]?.wake(dueMs)));
      ends.push(deps.dependencies.onEnded((partition) => watches[partition]?.tellDependants()));
      ends.push(deps.store.onHandedOn((ticket) => watches[ticket.partition]?.reissue(ticket)));
      for (const watch of watches) watch.start();
      progress.start();
    },
    async close() {
      progress.stop();
      for (const end of ends) end();
      await Promise.all(watches.map((watch) => watch.close()));
    },
    live: progress.check,
  };
}

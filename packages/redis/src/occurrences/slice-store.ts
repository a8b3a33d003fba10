import { randomUUID } from 'node:crypto';
import type { BusySlice, Look, SliceStore, Workload } from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { PartitionKeys } from '../partitions/keys.js';

const MOST_SLICES = 64;
const MOST_RECOVERED = 200;

export interface SliceStoreOptions {
  readonly sliceMs: number;
  /** How far ahead a look sees, ms. */
  readonly horizonMs: number;
  /** How long a scheduler keeps a partition to itself after a look, ms. */
  readonly schedulerLeaseMs: number;
  /** Is told how many of the leases that `recoverLost` found ended were of executions. */
  readonly onLostExecutions?: (count: number) => void;
  /** Is told how many executions expired. */
  readonly onExpiredExecutions?: (count: number) => void;
}

/** Every look gives its partition's clock a reading. */
export function createSliceStore(
  { run, partitions, clocks, wakeListener }: Engine,
  { sliceMs, horizonMs, schedulerLeaseMs, onLostExecutions, onExpiredExecutions }: SliceStoreOptions,
): SliceStore {
  const schedulerId = randomUUID();
  const keysOf = (partition: number) => partitions[partition] as PartitionKeys;

  return {
    async look(partition): Promise<Look | undefined> {
      const sentAt = performance.now();
      const args = [sliceMs, schedulerId, schedulerLeaseMs, horizonMs, MOST_SLICES];
      const [seconds, microseconds, ...seen] = (await run('look', keysOf(partition), args)) as LookReply;
      clocks[partition]?.observe(seconds, microseconds, sentAt);
      const [lastClaimMs, ...rest] = seen;
      if (lastClaimMs === undefined) return undefined;
      const nowMs = seconds * 1_000 + Math.floor(microseconds / 1_000);
      return {
        nowMs,
        lastClaimMs,
        workload: parseWorkload(rest),
        slices: parseSlices(rest.slice(WORKLOAD_LENGTH)),
      };
    },

    async workload(partition) {
      return parseWorkload((await run('workload', keysOf(partition), [])) as number[]);
    },

    async recoverLost(partition, endedBeforeMs) {
      const args = [sliceMs, NOTICE_MS, MOST_RECOVERED, endedBeforeMs];
      const reply = await run('recover-lost', keysOf(partition), args);
      const [all, executions, expired] = reply as [number, number, number];
      if (executions > 0) onLostExecutions?.(executions);
      if (expired > 0) onExpiredExecutions?.(expired);
      return all;
    },

    async countDeadLetters(partition) {
      const [count, oldestAgeMs] = (await run('count-dead-letters', keysOf(partition), [])) as CountReply;
      return { count, oldestAgeMs };
    },

    async countExecutions(partition) {
      const counts = (await run('count-executions', keysOf(partition), [])) as ExecutionReply;
      const [ready, oldestReadyMs, offered, running, waiting, untold] = counts;
      return { ready, oldestReadyMs, offered, running, waiting, untold };
    },

    onWake: (listener) => wakeListener.onDue(listener),
    onHandedOn: (listener) => wakeListener.onHandedOn(listener),
  };
}

type ExecutionReply = [
  ready: number,
  oldestReadyMs: number,
  offered: number,
  running: number,
  waiting: number,
  untold: number,
];
type CountReply = [count: number, oldestAgeMs: number];
type LookReply = [seconds: number, microseconds: number, ...seen: number[]];

/** Numbers in a workload. */
const WORKLOAD_LENGTH = 6;

function parseWorkload(numbers: readonly number[]): Workload {
  const [parked = 0, overdue = 0, dueWithinMinute = 0, inFlight = 0, claimedLastMinute = 0, held = 0] =
    numbers;
  return { parked, overdue, dueWithinMinute, inFlight, claimedLastMinute, held };
}

function parseSlices(pairs: readonly number[]): BusySlice[] {
  const slices: BusySlice[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    slices.push({ startMs: pairs[i] as number, count: pairs[i + 1] as number });
  }
  return slices;
}

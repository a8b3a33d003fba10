import type { ReceiverMethods } from '../processes/receiver-process.js';
import type { Peer } from '../processes/rpc.js';
import { INTERVAL_MS } from './recurring-tasks.js';
import type { PhaseLoad } from './steady-load.js';

/** Occurrences that an interval and this late are missed: the latest stands for all, ms. */
const COALESCE_AFTER_MS = 1_000;

/** What became of one phase's tasks, or of a recurring task's occurrences. */
export interface PhaseResult {
  readonly name: string;
  readonly registered: number;
  readonly unknown: number;
  readonly delivered: number;
  /** Acked, and not delivered. */
  readonly lost: number;
  readonly doubled: number;
  readonly early: number;
  readonly p50: number;
  readonly p99: number;
}

export async function resultOf(
  receiver: Peer<ReceiverMethods>,
  { name, run, acked, unknown, next }: PhaseLoad,
): Promise<PhaseResult> {
  const latenesses = await receiver.call('latenesses', { run, count: next });
  const { received, doubled, early, lateness } = await receiver.call('summary', run);
  return {
    name,
    registered: acked.size,
    unknown,
    delivered: received,
    lost: latenesses.filter((late, index) => late === null && acked.has(index)).length,
    doubled,
    early,
    p50: lateness.p50,
    p99: lateness.p99,
  };
}

/** @param due by run: how many occurrences have to have arrived, or stand for others that were missed. */
export async function resultOfRecurring(
  receiver: Peer<ReceiverMethods>,
  runs: readonly number[],
  due: readonly number[],
): Promise<PhaseResult> {
  const all = await Promise.all(
    runs.map(async (run, i) => {
      const count = due[i] ?? 0;
      const lost = missingOccurrences(await receiver.call('latenesses', { run, count }));
      return { ...(await receiver.call('summary', run)), count, lost };
    }),
  );
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  const worst = (of: (one: (typeof all)[number]) => number) => Math.max(...all.map(of));
  return {
    name: `${runs.length} recurring, all along`,
    registered: sum(({ count }) => count),
    unknown: 0,
    delivered: sum(({ received }) => received),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    early: sum(({ early }) => early),
    p50: worst(({ lateness }) => lateness.p50),
    p99: worst(({ lateness }) => lateness.p99),
  };
}

/** How many have not arrived, and may not be passed over: those that the next one is late enough to stand for. */
function missingOccurrences(latenesses: readonly (number | null)[]): number {
  let [missing, gap] = [0, 0];
  for (const lateness of latenesses) {
    if (lateness === null) gap++;
    else {
      const firstIsLateMs = lateness + gap * INTERVAL_MS;
      if (firstIsLateMs < Math.max(COALESCE_AFTER_MS, INTERVAL_MS)) missing += gap;
      gap = 0;
    }
  }
  return missing + gap;
}

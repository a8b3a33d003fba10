import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { monotonicMs } from './processes/marker.js';
import type { TallySummary } from './processes/tally.js';
import type { Registered } from './processes/workload.js';
import { type Usage, usageBetween } from './usage.js';

/** A run is over when nothing has arrived for this long. */
const SILENCE_MS = 5_000;
/** The last outcomes are settled within this. */
const SETTLE_MS = 300;

export interface Measured {
  readonly name: string;
  readonly registered: Registered;
  readonly arrived: TallySummary;
  /** Between the first registration and the last settlement. */
  readonly usage: Usage;
  /** CPU per task of Redis and of each process, µs. */
  readonly perTask: Readonly<Record<string, number>>;
}

/** Registers the tasks of one run, waits until all have arrived and are settled, and tells what that took. */
export async function measure(
  bench: Bench,
  name: string,
  usage: () => Promise<Usage>,
  register: (run: number) => Promise<Registered>,
): Promise<Measured> {
  const run = bench.newRun(name);
  const before = await usage();
  const registered = await register(run.run);
  run.registered = registered.count;
  await allArrived(bench, run.run, registered);
  await sleep(SETTLE_MS);
  const used = usageBetween(before, await usage());
  const micros = (seconds: number) => (seconds / registered.count) * 1e6;
  const perTask = Object.entries({ redis: used.redis, ...used.processes }).map(([who, s]) => [
    who,
    micros(s),
  ]);
  return {
    name,
    registered,
    arrived: await bench.summary(run.run),
    usage: used,
    perTask: Object.fromEntries(perTask),
  };
}

async function allArrived(bench: Bench, run: number, { count, windowAt }: Registered): Promise<void> {
  let [received, since] = [0, Math.max(windowAt, monotonicMs())];
  while (received < count && monotonicMs() - since < SILENCE_MS) {
    await sleep(50);
    const now = await bench.receiver.call('received', run);
    if (now !== received) [received, since] = [now, monotonicMs()];
  }
}

/** Deliveries per second of a burst: from the time the first was due to the last arrival. */
export function drainRate({ registered, arrived }: Measured): number {
  return (arrived.received / (arrived.lastAt - registered.windowAt)) * 1_000;
}

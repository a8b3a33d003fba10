import type { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { Burst } from '../processes/workload.js';
import type { Stack } from '../stack.js';

const COUNT = 40_000;
const WINDOW_MS = 2_000;
const IN_FLIGHT = 256;
/** Registering at this pace is over before the first task is due. */
const REGISTERED_PER_SECOND = 3_000;

/** The same for the service and for the baseline. */
export function drainLoad(run: number): Burst {
  const startsInMs = 1_000 + (COUNT / REGISTERED_PER_SECOND) * 1_000;
  return { run, count: COUNT, startsInMs, windowMs: WINDOW_MS, inFlight: IN_FLIGHT };
}

/** Parks more tasks for the same two seconds than can be delivered in them: how fast do they go out? */
export function measureDrain(bench: Bench, stack: Stack): Promise<Measured> {
  return measure(bench, 'drain', stack.usage, (run) => stack.load.call('burst', drainLoad(run)));
}

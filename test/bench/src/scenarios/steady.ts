import type { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { OpenLoop } from '../processes/workload.js';
import type { Stack } from '../stack.js';

/** The same for the service and for the baseline. */
export function steadyLoad(run: number, perSecond: number, seconds = 10): OpenLoop {
  return { run, perSecond, seconds, leastDelayMs: 500, mostDelayMs: 1_500 };
}

/** Its figures don't count: processes that have just started are several times slower than they are from then on. */
export function warmUpLoad(run: number): OpenLoop {
  return steadyLoad(run, 1_000, 4);
}

/** Tasks registered and delivered at a steady rate. */
export function measureSteady(
  bench: Bench,
  stack: Stack,
  perSecond: number,
  seconds?: number,
): Promise<Measured> {
  return measure(bench, `${perSecond}/s`, stack.usage, (run) =>
    stack.load.call('openLoop', steadyLoad(run, perSecond, seconds)),
  );
}

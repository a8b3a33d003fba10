import type { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { Stack } from '../stack.js';

/** Tasks due at once, one at a time, on a system that has nothing else to do. */
export function measureIdle(bench: Bench, stack: Stack): Promise<Measured> {
  return measure(bench, 'delay 0', stack.usage, (run) =>
    stack.load.call('oneByOne', { run, count: 100, leastGapMs: 50, mostGapMs: 150 }),
  );
}

import type { Bench } from '../bench.js';
import type { Measured } from '../measure.js';
import type { Stack } from '../stack.js';
import { measureSteady } from './steady.js';

const FIRST_PER_SECOND = 1_500;
const FACTOR = 1.25;
const MOST_STEPS = 12;
const STEP_SECONDS = 3;
const MOST_P99_MS = 100;
/** Registrations must be answered at this share of the rate at least. */
const LEAST_SHARE = 0.95;

/** Raises the rate until the service falls behind; every step that was taken, the last one that held being the result. */
export async function measureSustained(bench: Bench, stack: Stack): Promise<Measured[]> {
  const steps: Measured[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const perSecond = Math.round(FIRST_PER_SECOND * FACTOR ** step);
    const measured = await measureSteady(bench, stack, perSecond, STEP_SECONDS);
    steps.push(measured);
    if (!held(measured)) break;
  }
  return steps;
}

export function held({ registered, arrived }: Measured): boolean {
  const { count, failed, seconds } = registered;
  const pace = count / seconds;
  const wanted = (count + failed) / STEP_SECONDS;
  return failed === 0 && pace >= wanted * LEAST_SHARE && arrived.lateness.p99 <= MOST_P99_MS;
}

import type { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { Misbehaviour } from '../processes/receiver-process.js';
import { measureSteady, warmUpLoad } from '../scenarios/steady.js';
import { type Stack, withStack } from '../stack.js';
import { report } from './report.js';

export interface SameOriginOptions {
  /** Callbacks to the healthy endpoint, per second, and for how many seconds. */
  readonly others: number;
  readonly seconds: number;
  readonly tell: (what: string) => void;
}

const RIVAL = 'rival';
/** Registering the rival's tasks is over before they are due. */
const STARTS_IN_MS = 2_000;
const CASES: readonly (readonly [what: string, tasks: number, how: Misbehaviour])[] = [
  ['beside 40 tasks for a path that answers 503', 40, 'unavailable'],
  ['beside 400 tasks for a path that hangs', 400, 'hang'],
];

/**
 * One client's callbacks to a healthy endpoint: alone, then beside another client's tasks for a bad path of the same
 * origin. Each case has a stack of its own.
 */
export async function runSameOrigin(
  bench: Bench,
  { others, seconds, tell }: SameOriginOptions,
): Promise<string> {
  const inStack = (before: (stack: Stack) => Promise<unknown>): Promise<Measured> =>
    withStack(bench, async (stack) => {
      await measure(bench, 'warm-up', stack.usage, (run) => stack.load.call('openLoop', warmUpLoad(run)));
      await before(stack);
      return measureSteady(bench, stack, others, seconds);
    });
  tell(`${others} tasks/s alone`);
  const measured: [string, Measured][] = [['alone', await inStack(async () => undefined)]];
  for (const [what, count, how] of CASES) {
    tell(`${others} tasks/s ${what}`);
    await bench.receiver.call('misbehave', { clientId: RIVAL, how });
    measured.push([what, await inStack((stack) => registerRival(stack, `${bench.endpoint}bad`, count))]);
  }
  return report(measured);
}

/** They are tried again and again while the others are measured. */
async function registerRival(stack: Stack, endpoint: string, count: number): Promise<void> {
  const retry = { maxAttempts: 100, strategy: 'FIXED', intervalMs: 500 } as const;
  const load = await stack.openLoad({ callback: { protocol: 'HTTP', endpoint }, retry }, RIVAL);
  await load.call('burst', { run: 0, count, startsInMs: STARTS_IN_MS, windowMs: 0, inFlight: 256 });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import { measure } from '../measure.js';
import type { BadReceiverMethods } from '../processes/bad-receiver-process.js';
import type { Peer } from '../processes/rpc.js';
import { measureSteady, warmUpLoad } from '../scenarios/steady.js';
import type { Stack } from '../stack.js';
import { report } from './report.js';
import { readWorkerFigures } from './worker-figures.js';

export interface HangingEndpointOptions {
  /** Callbacks to the good receiver, per second, and for how many seconds. */
  readonly others: number;
  readonly seconds: number;
  /** Tasks for the bad endpoint, and over how many ms they are spread. */
  readonly due: number;
  readonly withinMs: number;
  readonly bad: Peer<BadReceiverMethods>;
  readonly tell: (what: string) => void;
}

/** Registering the flood is over before its first task is due. */
const REGISTERED_PER_SECOND = 2_000;
/** What was held back has come back within this, or never will. */
const RECOVERY_MS = 90_000;

/** Callbacks to a good receiver: alone, then beside tasks for an endpoint that answers nothing; then that one recovers. */
export async function runHangingEndpoint(
  bench: Bench,
  stack: Stack,
  options: HangingEndpointOptions,
): Promise<string> {
  const { others, seconds, due, bad, tell } = options;
  await measure(bench, 'warm-up', stack.usage, (run) => stack.load.call('openLoop', warmUpLoad(run)));
  tell(`${others} tasks/s alone`);
  const alone = await measureSteady(bench, stack, others, seconds);
  await flood(stack, options);
  tell(`${others} tasks/s beside ${due} tasks for an endpoint that answers nothing`);
  const beside = await measureSteady(bench, stack, others, seconds);
  const attempts = await bad.call('requests', undefined);
  const held = `the bad endpoint: ${attempts} attempts; ${await heldBack(stack)}`;
  tell('the endpoint recovers');
  const cases = [['alone', alone] as const, ['beside the bad endpoint', beside] as const];
  return `${report(cases)}\n\n${held}\n${await recovery(bad)}`;
}

/** Registers what the bad endpoint is to get; it falls due while the others are measured. */
async function flood(stack: Stack, { bad, due, withinMs, tell }: HangingEndpointOptions): Promise<void> {
  tell(`registering ${due} tasks for the bad endpoint`);
  const endpoint = await bad.call('url', undefined);
  const load = await stack.openLoad({ callback: { protocol: 'HTTP', endpoint } });
  const startsInMs = 3_000 + (due / REGISTERED_PER_SECOND) * 1_000;
  await load.call('burst', { run: 0, count: due, startsInMs, windowMs: withinMs, inFlight: 256 });
}

async function heldBack(stack: Stack): Promise<string> {
  const { givenBack, deadLetters } = await readWorkerFigures(stack.workerHttpPort);
  const reasons = Object.entries(givenBack).map(([reason, count]) => `${count} × ${reason}`);
  return `given back ${reasons.join(', ')}; ${deadLetters} dead letters`;
}

async function recovery(bad: Peer<BadReceiverMethods>): Promise<string> {
  await bad.call('recover', undefined);
  let [arrived, since] = [0, performance.now()];
  const until = since + RECOVERY_MS;
  while (performance.now() < until && performance.now() - since < 15_000) {
    await sleep(100);
    const now = await bad.call('arrived', undefined);
    if (now !== arrived) [arrived, since] = [now, performance.now()];
  }
  const { firstMs, halfMs, lastMs, mostPerSecond, displacement } = await bad.call('recovery', undefined);
  const at = [firstMs, halfMs, lastMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
  return `once it answers: ${arrived} delivered, the first after ${at[0]}, half after ${at[1]}, the last after ${at[2]}; at most ${mostPerSecond} in a second, ${displacement.toFixed(0)} places from the order of their due times on average`;
}

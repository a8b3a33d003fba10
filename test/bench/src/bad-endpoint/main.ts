import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { BadReceiverMethods } from '../processes/bad-receiver-process.js';
import { startPeer } from '../processes/rpc.js';
import { measureSteady, warmUpLoad } from '../scenarios/steady.js';
import { type Stack, withStack } from '../stack.js';
import { table } from '../table.js';
import { readWorkerFigures } from './worker-figures.js';

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '300' },
    due: { type: 'string', default: '10000' },
    within: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '30' },
  },
});
const [others, due, withinMs, seconds] = [values.others, values.due, values.within, values.seconds].map(
  Number,
) as [number, number, number, number];

/** Registering the flood is over before its first task is due. */
const REGISTERED_PER_SECOND = 2_000;
/** What was held back has come back within this, or never will. */
const RECOVERY_MS = 90_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const tell = (what: string) => process.stderr.write(`bench: ${what}\n`);
const bench = await Bench.open({ only: new Set(), parked: 0, json: undefined, profile: undefined });
const bad = startPeer<BadReceiverMethods>('bad-receiver');
await withStack(bench, run);
const faults = await bench.faults();
process.stdout.write(
  faults.length === 0
    ? 'No task of the others was lost, doubled or early.\n'
    : `FAULTS ${JSON.stringify(faults)}\n`,
);
await bad.stop();
await bench.close();
process.exit(faults.length === 0 ? 0 : 1);

async function run(stack: Stack): Promise<void> {
  await measure(bench, 'warm-up', stack.usage, (run) => stack.load.call('openLoop', warmUpLoad(run)));
  tell(`${others} tasks/s alone`);
  const alone = await measureSteady(bench, stack, others, seconds);
  await flood(stack);
  tell(`${others} tasks/s beside ${due} tasks for an endpoint that answers nothing`);
  const beside = await measureSteady(bench, stack, others, seconds);
  process.stdout.write(`\n${report(alone, beside)}\n\n`);
  process.stdout.write(
    `the bad endpoint: ${await bad.call('requests', undefined)} attempts; ${await heldBack(stack)}\n`,
  );
  tell('the endpoint recovers');
  process.stdout.write(`${await recovery()}\n`);
}

/** Registers what the bad endpoint is to get; it falls due while the others are measured. */
async function flood(stack: Stack): Promise<void> {
  tell(`registering ${due} tasks for the bad endpoint`);
  const endpoint = await bad.call('url', undefined);
  const load = await stack.openLoad({ protocol: 'HTTP', endpoint });
  const startsInMs = 3_000 + (due / REGISTERED_PER_SECOND) * 1_000;
  await load.call('burst', { run: 0, count: due, startsInMs, windowMs: withinMs, inFlight: 256 });
}

function report(alone: Measured, beside: Measured): string {
  const row = (what: string, { arrived: { lateness, received }, usage, registered }: Measured) => [
    what,
    String(received),
    ...[lateness.p50, lateness.p99, lateness.p999, lateness.max].map((ms) => ms.toFixed(1)),
    ...[usage.redis, usage.processes.worker ?? 0].map(
      (s) => `${((s / registered.seconds) * 100).toFixed(0)} %`,
    ),
  ];
  const ratio = (name: 'p50' | 'p99') =>
    `${(beside.arrived.lateness[name] / alone.arrived.lateness[name]).toFixed(2)} ×`;
  return table([
    ['the others', 'delivered', 'late p50', 'p99', 'p99.9', 'max ms', 'Redis CPU', 'worker CPU'],
    row('alone', alone),
    row('beside the bad endpoint', beside),
    ['', '', ratio('p50'), ratio('p99'), '', '', '', ''],
  ]);
}

async function heldBack(stack: Stack): Promise<string> {
  const { givenBack, deadLetters } = await readWorkerFigures(stack.workerHttpPort);
  const reasons = Object.entries(givenBack).map(([reason, count]) => `${count} × ${reason}`);
  return `given back ${reasons.join(', ')}; ${deadLetters} dead letters`;
}

async function recovery(): Promise<string> {
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

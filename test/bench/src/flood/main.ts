import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import { measureSteady, warmUpLoad } from '../scenarios/steady.js';
import { type Stack, withStack } from '../stack.js';
import { table } from '../table.js';
import { Flood, type FloodAccount } from './flood.js';

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '50' },
    rate: { type: 'string', default: '7200' },
    due: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '20' },
  },
});
const [others, rate, due, seconds] = [values.others, values.rate, values.due, values.seconds].map(Number) as [
  number,
  number,
  number,
  number,
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const tell = (what: string) => process.stderr.write(`bench: ${what}\n`);
const bench = await Bench.open({ only: new Set(), parked: 0, json: undefined, profile: undefined });
const flood = new Flood();
const account = await withStack(bench, run);
const faults = [...(await bench.faults()), ...account.faults];
process.stdout.write(
  faults.length === 0 ? 'No task was lost, doubled or early.\n' : `FAULTS ${JSON.stringify(faults)}\n`,
);
await flood.stop();
await bench.close();
process.exit(faults.length === 0 ? 0 : 1);

async function run(stack: Stack): Promise<FloodAccount> {
  await measure(bench, 'warm-up', stack.usage, (run) => stack.load.call('openLoop', warmUpLoad(run)));
  tell(`${others} tasks/s in calm times`);
  const calm = await measureSteady(bench, stack, others, seconds);
  tell(`registering ${due} tasks of another client, all due at once`);
  const startsAt = await flood.prepare(stack, due);
  tell(`${others} tasks/s beside the flood: ${due} at once, and ${rate}/s`);
  // Before it begins, so that the beginning is measured, too.
  const flooding = sleep(Math.max(0, startsAt - performance.now())).then(() => flood.go(rate, seconds - 2));
  await sleep(Math.max(0, startsAt - performance.now() - 1_500));
  const flooded = await measureSteady(bench, stack, others, seconds);
  await flooding;
  const deliveredMeanwhile = await flood.received();
  process.stdout.write(`\n${report(calm, flooded)}\n\n`);
  tell('the rest of the flood is delivered');
  const account = await flood.account();
  process.stdout.write(
    `the flood: ${account.registered} registered, ${deliveredMeanwhile} delivered meanwhile, ${account.perSecond.toFixed(0)}/s in all\n`,
  );
  return account;
}

function report(calm: Measured, flooded: Measured): string {
  const row = (what: string, { arrived: { lateness, received }, usage, registered }: Measured) => [
    what,
    String(received),
    ...[lateness.p50, lateness.p99, lateness.p999, lateness.max].map((ms) => ms.toFixed(1)),
    ...[usage.redis, usage.processes.gateway ?? 0, usage.processes.worker ?? 0].map(
      (s) => `${((s / registered.seconds) * 100).toFixed(0)} %`,
    ),
  ];
  const ratio = (name: 'p50' | 'p99') =>
    `${(flooded.arrived.lateness[name] / calm.arrived.lateness[name]).toFixed(2)} ×`;
  return table([
    [
      `${others}/s of one client`,
      'delivered',
      'late p50',
      'p99',
      'p99.9',
      'max ms',
      'Redis CPU',
      'gateway',
      'worker',
    ],
    row('calm', calm),
    row("beside another's flood", flooded),
    ['', '', ratio('p50'), ratio('p99'), '', '', '', '', ''],
  ]);
}

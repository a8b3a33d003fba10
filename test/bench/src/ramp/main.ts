/** What KEDA would be told over a ramp of load, and how many workers it would choose. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bench } from '../bench.js';
import type { OpenLoop } from '../processes/workload.js';
import { type Stack, withStack } from '../stack.js';
import { table } from '../table.js';

const { values } = parseArgs({
  options: {
    'tasks-per-minute': { type: 'string', default: '2000' },
    step: { type: 'string', default: '20' },
  },
});
const tasksPerMinute = Number(values['tasks-per-minute']);
const stepSeconds = Number(values.step);

/** Registered per second in each step; each task is due 40 s after its registration. */
const RAMP = [10, 50, 150, 300, 150, 50, 0, 0, 0, 0];
const DELAY_MS = 40_000;
const READ_EVERY_MS = 10_000;

interface Reading {
  readonly workload: number;
  readonly backlog: number;
  readonly due_within_60s: number;
  readonly claimed_last_60s: number;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const bench = await Bench.open({ only: new Set(), parked: 0, json: undefined, profile: undefined });
await withStack(bench, async (stack) => {
  const rows: string[][] = [];
  const startedAt = performance.now();
  let over = false;
  const ramp = climb(stack).finally(() => {
    over = true;
  });
  while (!over) {
    const seconds = (performance.now() - startedAt) / 1_000;
    const perSecond = RAMP[Math.floor(seconds / stepSeconds)] ?? 0;
    rows.push(row(seconds, perSecond, await read(stack)));
    await sleep(READ_EVERY_MS);
  }
  await ramp;
  const head = ['s', 'registered/s', 'due within 60 s', 'claimed in 60 s', 'backlog', 'workload', 'workers'];
  process.stdout.write(`\n${table([head, ...rows])}\n`);
});
const faults = await bench.faults();
await bench.close();
process.stdout.write(
  faults.length === 0 ? 'Nothing was lost, doubled or early.\n' : `FAULTS ${JSON.stringify(faults)}\n`,
);
process.exit(faults.length === 0 ? 0 : 1);

async function climb(stack: Stack): Promise<void> {
  for (const perSecond of RAMP) {
    if (perSecond === 0) {
      await sleep(stepSeconds * 1_000);
      continue;
    }
    const run = bench.newRun(`${perSecond}/s`);
    const load: OpenLoop = {
      run: run.run,
      perSecond,
      seconds: stepSeconds,
      leastDelayMs: DELAY_MS,
      mostDelayMs: DELAY_MS,
    };
    run.registered = (await stack.load.call('openLoop', load)).count;
  }
}

async function read({ schedulerHttpPort }: Stack): Promise<Reading> {
  const response = await fetch(`http://127.0.0.1:${schedulerHttpPort}/v1/autoscale`);
  return (await response.json()) as Reading;
}

/** AverageValue: as many replicas as keep the value per replica at the target, one at least. */
function row(seconds: number, perSecond: number, reading: Reading): string[] {
  const workers = Math.max(1, Math.ceil(reading.workload / tasksPerMinute));
  const { due_within_60s: due, claimed_last_60s: claimed, backlog, workload } = reading;
  return [seconds.toFixed(0), ...[perSecond, due, claimed, backlog, workload, workers].map(String)];
}

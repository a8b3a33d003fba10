import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from './bench.js';
import { measure } from './measure.js';
import type { Options, Part } from './options.js';
import type { Machine, Results } from './results.js';
import { measureBaseline } from './scenarios/baseline.js';
import { measureDrain } from './scenarios/drain.js';
import { measureIdle } from './scenarios/idle.js';
import { measureParked, park } from './scenarios/parked.js';
import { measureSteady, warmUpLoad } from './scenarios/steady.js';
import { measureSustained } from './scenarios/sustain.js';
import { type Stack, withStack } from './stack.js';

/** Longer than the pause before a retry: what arrives twice has arrived twice by then. */
const LAST_DOUBLES_MS = 1_500;

/** Runs the parts that were asked for, one after the other. `tell` hears what is going on. */
export async function runBench(options: Options, tell: (what: string) => void): Promise<Results> {
  const bench = await Bench.open(options);
  const results: Results = { steady: [], faults: [] };
  const asked = (...parts: Part[]) => parts.some((part) => options.only.has(part));
  try {
    if (asked('parked')) {
      tell('parking tasks');
      await withStack(bench, async (stack) => {
        results.machine = await machine(stack);
        results.parked = await measureParked(stack);
      });
    }
    if (asked('idle', '200', '2000', 'drain', 'sustain')) {
      await withStack(bench, async (stack) => {
        results.machine ??= await machine(stack);
        await underLoad(bench, stack, results, tell);
      });
    }
    if (asked('baseline')) {
      tell('baseline: one BullMQ job per task');
      results.baseline = await measureBaseline(bench);
    }
    await sleep(LAST_DOUBLES_MS);
    results.faults = await bench.faults();
    return results;
  } finally {
    await bench.close();
  }
}

async function underLoad(
  bench: Bench,
  stack: Stack,
  results: Results,
  tell: (what: string) => void,
): Promise<void> {
  const { only, parked } = bench.options;
  if (parked > 0) {
    tell(`parking ${parked} tasks`);
    await park(stack, parked);
  }
  if (only.has('idle')) {
    tell('one by one, due at once');
    results.idle = await measureIdle(bench, stack);
  }
  await measure(bench, 'warm-up', stack.usage, (run) => stack.load.call('openLoop', warmUpLoad(run)));
  for (const rate of ['200', '2000'] as const) {
    if (!only.has(rate)) continue;
    tell(`${rate} tasks/s`);
    results.steady.push(await measureSteady(bench, stack, Number(rate)));
  }
  if (only.has('drain')) {
    tell('drain');
    results.drain = await measureDrain(bench, stack);
  }
  if (only.has('sustain')) {
    tell('raising the rate');
    results.sustain = await measureSustained(bench, stack);
  }
}

async function machine({ redis }: Stack): Promise<Machine> {
  const version = /^redis_version:(.*)$/m.exec(await redis.info('server'))?.[1]?.trim() ?? 'unknown';
  return { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.version, redis: version };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack.js';
import { infoNumber, type Usage, usageBetween } from '../usage.js';

const COUNT = 100_000;
const DELAY_MS = 3_600_000;
const IN_FLIGHT = 1_000;
const QUIET_MS = 3_000;

export interface Parked {
  readonly count: number;
  readonly bytesPerTask: number;
  readonly redisMicrosPerTask: number;
  readonly gatewayMicrosPerTask: number;
  readonly registrationsPerSecond: number;
  /** Of one core, with all the tasks parked and nothing else going on. */
  readonly idleRedisPercent: number;
  readonly usage: Usage;
}

/** What it takes to register tasks and to keep them. */
export async function measureParked(stack: Stack): Promise<Parked> {
  const memoryBefore = await usedMemory(stack);
  const before = await stack.usage();
  const registered = await park(stack, COUNT);
  const usage = usageBetween(before, await stack.usage());
  await sleep(1_000); // for buffers to be given back
  const memory = (await usedMemory(stack)) - memoryBefore;
  const quiet = await stack.usage();
  await sleep(QUIET_MS);
  const idle = usageBetween(quiet, await stack.usage());
  return {
    count: registered.count,
    bytesPerTask: memory / registered.count,
    redisMicrosPerTask: (usage.redis / registered.count) * 1e6,
    gatewayMicrosPerTask: ((usage.processes.gateway ?? Number.NaN) / registered.count) * 1e6,
    registrationsPerSecond: registered.count / registered.seconds,
    idleRedisPercent: (idle.redis / (QUIET_MS / 1_000)) * 100,
    usage,
  };
}

/** Registers tasks that are due in an hour. */
export function park(stack: Stack, count: number) {
  return stack.load.call('burst', { run: 0, count, startsInMs: DELAY_MS, windowMs: 0, inFlight: IN_FLIGHT });
}

async function usedMemory({ redis }: Stack): Promise<number> {
  return infoNumber(await redis.info('memory'), 'used_memory');
}

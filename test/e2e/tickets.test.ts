import { setTimeout as sleep } from 'node:timers/promises';
import { redisNow, startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

const TASKS = 10_000;
const SPREAD_MS = 10_000;
const FIRST_DUE_MS = 6_000;

/** Ids of all BullMQ jobs ever added, from the queues' event streams. */
async function jobsAdded(): Promise<string[]> {
  const streams = await stack.redis.redis.keys('*bull:tickets:events');
  const events = await Promise.all(streams.map((stream) => stack.redis.redis.xrange(stream, '-', '+')));
  return events.flat().flatMap(([, fields]) => (fields[1] === 'added' ? [fields[3] as string] : []));
}

async function occurrencesInFlight(): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${stack.httpPorts.worker[0]}/metrics`)).text();
  return Number(/boomerang_worker_in_flight_occurrences (\d+)/.exec(metrics)?.[1]);
}

test('ten thousand tasks over ten seconds need a ticket per partition and second, and no timer while they are parked', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const registered = await Promise.all(
    Array.from({ length: TASKS }, (_, i) =>
      session.setTimeout('x', FIRST_DUE_MS + Math.floor((i * SPREAD_MS) / TASKS)),
    ),
  );
  const firstDueMs = Math.min(...registered.map(({ scheduledTimeMs }) => scheduledTimeMs));
  const looks: number[] = [];
  while ((await redisNow(stack.redis.redis)) < firstDueMs - 200) {
    looks.push(await occurrencesInFlight());
    await sleep(20);
  }
  expect(looks.length).toBeGreaterThan(0);
  expect(Math.max(...looks)).toBe(0);

  await arrivals.waitFor(TASKS, undefined, 40_000);
  expect(new Set(arrivals.all.map(({ taskId }) => taskId)).size).toBe(TASKS);
  const jobs = await jobsAdded();
  expect(jobs.every((id) => id.startsWith('slice-'))).toBe(true);
  expect(jobs.length).toBeGreaterThanOrEqual(4 * (SPREAD_MS / 1_000));
  expect(jobs.length).toBeLessThanOrEqual(4 * (SPREAD_MS / 1_000 + 6));
}, 60_000);

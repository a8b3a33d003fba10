import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { expectInPhase, expectNoRepeats, missingOccurrences } from './support/promises.js';
import { registerUntil } from './support/register-until.js';

const ROUNDS = 2;
const RECURRING = 10;
const INTERVAL_MS = 400;
/** Longer than a service needs to be asked to stop, so that attempts are under way then. */
const ANSWER_AFTER_MS = 250;
const MOST_TO_STOP_MS = 25_000;

let stack: TestStack;
let arrivals: Arrivals;
let underWay = 0;
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
  arrivals = await receiveCallbacks(stack.redis.redis, async () => {
    underWay++;
    await sleep(ANSWER_AFTER_MS);
    underWay--;
  });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('two of every service, each replaced in turn, twice, under load: all exit in order, nothing is lost, nothing comes twice', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const recurring = await Promise.all(
    Array.from({ length: RECURRING }, async () => {
      return { ...(await session.setInterval('again', INTERVAL_MS)), intervalMs: INTERVAL_MS };
    }),
  );
  const stop = new AbortController();
  const registering = stack.tcpPorts.map((port) => registerUntil(stop.signal, session.sessionId, port));

  for (const service of Array(ROUNDS).fill(Object.values(stack.processes).flat()).flat()) {
    await waitFor(() => underWay > 0, { message: 'an attempt under way' });
    const askedAt = performance.now();
    await service.kill('SIGTERM');
    expect(service.exitCode, service.logs()).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(MOST_TO_STOP_MS);
    await service.restart();
  }

  stop.abort();
  const acked = (await Promise.all(registering)).flat();
  const last = await sessionOn(stack, { callback: http(arrivals) });
  await Promise.all(recurring.map(({ taskId }) => last.cancel(taskId)));
  await untilNothingIsLeft(stack);
  expect(acked.length).toBeGreaterThan(500);
  expectNoRepeats(arrivals.all);
  const seen = new Set(arrivals.all.map(({ taskId }) => taskId));
  expect(acked.filter(({ taskId }) => !seen.has(taskId))).toEqual([]);
  for (const task of recurring) {
    expectInPhase(task, arrivals.all);
    expect(missingOccurrences(task, arrivals.all)).toEqual([]);
  }
}, 180_000);

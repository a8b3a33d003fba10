import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { waitForReadiness, withoutRestart } from './support/health.js';
import { COMPLETE } from './support/matrix.js';
import { expectAckedDelivered, expectRefusalsInTime, startSteadyLoad } from './support/steady-load.js';

/** The first delivery is promised within two seconds; as much again is for a machine that is busy. */
const FIRST_DELIVERY_MS = 4_000;

let stack: TestStack;
let arrivals: Arrivals;
let session: Session;
const arrivedAt: number[] = [];
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis, () => void arrivedAt.push(performance.now()));
  session = await sessionOn(stack, { callback: http(arrivals) });
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

interface Outage {
  readonly begin: () => unknown;
  /** Resolves when Redis is back. */
  readonly end: () => unknown;
  readonly lastsMs: number;
}

/** Load before, during and after an outage. */
async function live(through: Outage): Promise<void> {
  const load = startSteadyLoad(session);
  const before = arrivals.all.length;
  await arrivals.waitFor(before + 20);
  await through.begin();
  const began = performance.now();
  if (through.lastsMs > 1_000) await waitForReadiness(stack, false);
  await sleep(Math.max(0, through.lastsMs - (performance.now() - began)));
  await through.end();
  const back = performance.now();
  const first = await waitFor(() => arrivedAt.find((at) => at > back), { message: 'a delivery' });
  await waitForReadiness(stack, true);
  await sleep(500);
  await load.stop();

  await expectAckedDelivered(load.answers, arrivals);
  const refusals = expectRefusalsInTime(load.answers);
  if (through.lastsMs > 1_000) expect(refusals.length).toBeGreaterThan(0);
  expect(load.answers.filter(({ askedAt, taskId }) => askedAt > back && taskId).length).toBeGreaterThan(0);
  expect(first - back).toBeLessThan(FIRST_DELIVERY_MS);
}

const killed = (lastsMs: number): Outage => ({
  begin: () => stack.redis.kill(),
  end: () => stack.redis.restart(),
  lastsMs,
});
const stopped = (lastsMs: number): Outage => ({
  begin: () => stack.redis.freeze(),
  end: () => stack.redis.thaw(),
  lastsMs,
});

// The outages of 15 s outlast every timeout and lease.
test.each(COMPLETE ? [200, 3_000, 15_000] : [200, 3_000])(
  'a Redis that is killed and started again after %i ms loses nothing that was acked, and needs no restart of ours',
  (lastsMs) => withoutRestart(stack, () => live(killed(lastsMs))),
);

test.each(COMPLETE ? [3_000, 15_000] : [3_000])(
  'a Redis that stands still for %i ms is told of in time, and goes on where it stopped',
  (lastsMs) => withoutRestart(stack, () => live(stopped(lastsMs))),
);

test.runIf(COMPLETE)('CLIENT PAUSE is lived through like any other standstill', () =>
  withoutRestart(stack, () => {
    const begin = () => stack.redis.redis.client('PAUSE', 3_000, 'ALL');
    return live({ begin, end: () => stack.redis.redis.ping(), lastsMs: 3_000 });
  }),
);

test('scripts that are flushed and connections that are killed, again and again, cost nothing that was acked', () =>
  withoutRestart(stack, async () => {
    const load = startSteadyLoad(session);
    for (let i = 0; i < 20; i++) {
      await stack.redis.redis.script('FLUSH');
      await stack.redis.redis.call('CLIENT', 'KILL', 'TYPE', i % 2 === 0 ? 'normal' : 'pubsub');
      await sleep(150);
    }
    await load.stop();
    await expectAckedDelivered(load.answers, arrivals);
    expectRefusalsInTime(load.answers);
    await waitForReadiness(stack, true);
  }));

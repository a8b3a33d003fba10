import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultPlan, script, startStack, type TestStack, ticket, waitFor } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { deadLettersOf } from '../e2e/support/dead-letters.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { COMPLETE } from './support/matrix.js';
import { expectAttemptsInOrder, expectNoRepeats } from './support/promises.js';

const LEASE_MS = 1_500;
const TASKS = 20;
/** Fewer than one worker sends at once to an endpoint that has not answered yet, so that there is room for one more. */
const UNANSWERED = 8;

let stack: TestStack;
let arrivals: Arrivals;
/** Requests wait for this. */
let receiverGoesOn: Promise<unknown>;
beforeAll(async () => {
  const counts = { scheduler: 2, worker: 2 };
  const env = { worker: { BOOMERANG_LEASE_MS: String(LEASE_MS) } };
  stack = await startStack({ counts, env, proxied: true });
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  receiverGoesOn = Promise.resolve();
  arrivals = await receiveCallbacks(stack.redis.redis, async ({ text }) => {
    await receiverGoesOn;
    return text === 'refused' ? { httpStatus: 500 } : undefined;
  });
});
afterEach(() => arrivals?.close());

/** Half of the tasks are dead-lettered at their first failure. */
async function registerTasks(count = TASKS) {
  const session = await sessionOn(stack, { callback: http(arrivals), retry: { maxAttempts: 1 } });
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const text = i % 2 ? 'refused' : 'taken';
      return { text, ...(await session.setTimeout(text, 300 + i * 5)) };
    }),
  );
}

const outOf =
  (name: string): FaultPlan['reply'] =>
  (reply) =>
    reply.includes(name);

test.each<[string, FaultPlan]>([
  ['after a claim', { command: script('claim'), when: 'after', reply: outOf('taken'), strike: 'SIGSTOP' }],
  [
    'before it settles what was acknowledged',
    { command: script('settle', 'delivered'), when: 'before', strike: 'SIGSTOP' },
  ],
  [
    'before it writes a dead letter',
    { command: script('settle', 'dead_letter'), when: 'before', strike: 'SIGSTOP' },
  ],
])('a worker stopped %s for three leases sends and settles nothing under a lost lease', async (_, plan) => {
  const fault = stack.arm('worker', plan);
  const tasks = await registerTasks();
  const worker = await fault.struck();
  await sleep(3 * LEASE_MS);
  await untilNothingIsLeft(stack);
  const letters = await deadLettersOf(stack);
  const written = worker.logs().length;
  await fault.release();
  const tooLate = () => worker.logs().includes('outcome ignored', written);
  await waitFor(tooLate, { message: 'the stopped worker to settle in vain' });
  fault.disarm();
  expectAttemptsInOrder(arrivals.all);
  expect(new Set(arrivals.all.map(({ taskId }) => taskId)).size).toBe(TASKS);
  expect(await deadLettersOf(stack)).toEqual(letters);
  const refused = tasks.filter(({ text }) => text === 'refused').map(({ taskId }) => taskId);
  const parked = letters
    .map(({ taskId }) => taskId)
    .filter((id) => tasks.some(({ taskId }) => taskId === id));
  expect(parked.sort()).toEqual(refused.sort());
});

test('a scheduler stopped between look-ahead and ticket: another takes its partitions over, and nothing comes twice', async () => {
  const fault = stack.arm('scheduler', { command: ticket, when: 'before', strike: 'SIGSTOP' });
  await registerTasks();
  await fault.struck();
  await arrivals.waitFor(TASKS);
  await untilNothingIsLeft(stack);
  await fault.release();
  fault.disarm();
  await sleep(1_000);
  expectNoRepeats(arrivals.all);
});

/** Longer than a connection that owes an answer is waited for. */
const REDIS_AWAY_MS = 6_000;
/** After this, schedulers take leases that were not renewed for lost again. */
const GRACE_AND_MORE_MS = 4_000;

const away = {
  async stopped() {
    process.kill(stack.redis.pid, 'SIGSTOP');
    await sleep(REDIS_AWAY_MS);
    process.kill(stack.redis.pid, 'SIGCONT');
  },
  async killed() {
    await stack.redis.kill();
    await sleep(REDIS_AWAY_MS);
    await stack.redis.restart();
  },
};

test.each(COMPLETE ? (['stopped', 'killed'] as const) : (['stopped'] as const))(
  'Redis %s for three leases and more while requests are under way: none of them is sent again',
  async (how) => {
    let goOn: (value?: unknown) => void = () => undefined;
    receiverGoesOn = new Promise((resolve) => {
      goOn = resolve;
    });
    await registerTasks(UNANSWERED);
    await arrivals.waitFor(UNANSWERED);
    await away[how]();
    const openSession = () => sessionOn(stack, { callback: http(arrivals) }).catch(() => undefined);
    const session = await waitFor(openSession, { message: 'a session afterwards' });
    await session.setTimeout('after', 0);
    await arrivals.waitFor(UNANSWERED + 1);
    await sleep(GRACE_AND_MORE_MS);
    goOn();
    await untilNothingIsLeft(stack);
    expectNoRepeats(arrivals.all);
  },
);

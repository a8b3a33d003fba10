import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openSession, type Session } from '@boomerang/client';
import { loadPartitions } from '@boomerang/redis';
import { type FaultPlan, redisNow, script, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks } from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { expectAttemptsInOrder, expectNoRepeats } from './support/promises.js';

/** So few slots that what is overdue lasts for a while. */
const WORKER = { BOOMERANG_LEASE_MS: '2000', BOOMERANG_WORKER_SLOTS: '20' };
const ANSWERED_AFTER_MS = 20;
const FLOOD = 1_500;
const OTHERS = 30;
const CANCELLED = 100;
/** A request that the process sent before its death may be read a little after it. */
const READ_LATE_MS = 300;

let stack: TestStack;
let arrivals: Arrivals;
beforeEach(async () => {
  stack = await startStack({ counts: { worker: 2 }, env: { worker: WORKER }, proxied: true });
  arrivals = await receiveCallbacks(stack.redis.redis, () => sleep(ANSWERED_AFTER_MS));
});
afterEach(async () => {
  await arrivals?.close();
  await stack?.stop();
});

async function sessionOf(client: string): Promise<Session> {
  const connection = await connect({ port: stack.tcpPorts[0] as number });
  const token = await stack.createClient(client);
  return openSession(connection, { token, callback: http(arrivals), retry: { maxAttempts: 1 } });
}

const registerMany = (session: Session, count: number, text: string) =>
  Promise.all(Array.from({ length: count }, () => session.setTimeout(text, 500)));

async function untilTurnsAreTaken(): Promise<void> {
  const { redis } = stack.redis;
  const rotations = (await loadPartitions(redis, 1)).map(({ rotation }) => rotation);
  const taken = async () => (await Promise.all(rotations.map((key) => redis.exists(key)))).includes(1);
  await waitFor(taken, { message: 'clients to take turns' });
}

/** Registers a flood and a few tasks of somebody else, strikes while clients take turns, and expects all to come. */
async function strikeWhileTurnsAreTaken(
  strike: () => Promise<unknown>,
  repeatsUntilMs: () => Promise<number>,
) {
  const [flood, calm] = [await sessionOf('flood'), await sessionOf('calm')];
  const tasks = await registerMany(flood, FLOOD, 'flood');
  tasks.push(...(await registerMany(calm, OTHERS, 'calm')));
  await untilTurnsAreTaken();
  await strike();
  const repeatsUntil = await repeatsUntilMs();
  const cancelled = await cancelSome(
    flood,
    tasks.slice(0, FLOOD).map(({ taskId }) => taskId),
  );
  await untilNothingIsLeft(stack);
  const arrived = new Set(arrivals.all.map(({ taskId }) => taskId));
  const expected = tasks.filter(({ taskId }) => !cancelled.has(taskId));
  expect(expected.filter(({ taskId }) => !arrived.has(taskId))).toEqual([]);
  expectAttemptsInOrder(arrivals.all);
  expectNoRepeats(arrivals.all, repeatsUntil);
}

/** Cancels what is still to come; what was told not to be under way must not come any more. */
async function cancelSome(session: Session, taskIds: readonly string[]): Promise<Set<string>> {
  const cancelled = new Set<string>();
  for (const taskId of taskIds.toReversed().slice(0, CANCELLED)) {
    const begun = () => arrivals.of(taskId).length;
    const before = begun();
    const answer = await session.cancel(taskId).catch(() => undefined);
    if (!answer) continue;
    cancelled.add(taskId);
    if (!answer.attemptUnderWay) expect(before).toBe(0);
    if (!answer.attemptUnderWay) expect(begun()).toBe(before);
  }
  return cancelled;
}

const ofTheFlood = (reply: string | Buffer) => reply.includes('flood');

test.each<[string, FaultPlan]>([
  [
    'a worker killed before a claim',
    { command: script('claim-by-turns'), when: 'before', strike: 'SIGKILL' },
  ],
  [
    'a worker killed after a claim',
    { command: script('claim-by-turns'), when: 'after', reply: ofTheFlood, strike: 'SIGKILL' },
  ],
  [
    'a claim whose reply is lost',
    { command: script('claim-by-turns'), when: 'after', reply: ofTheFlood, strike: 'cut' },
  ],
])('%s while clients take turns costs no task', async (_, plan) => {
  const strike = async () => {
    const fault = stack.arm('worker', plan);
    const victim = await fault.struck();
    fault.disarm();
    if (!victim.running) await victim.restart();
  };
  await strikeWhileTurnsAreTaken(strike, async () => (await redisNow(stack.redis.redis)) + READ_LATE_MS);
});

test('a Redis killed while clients take turns has kept the queues', async () => {
  const strike = async () => {
    await stack.redis.kill();
    await sleep(200);
    await stack.redis.restart();
  };
  // With its append-only file written every second, the last settlements are forgotten: what was acknowledged then comes again.
  await strikeWhileTurnsAreTaken(strike, async () => (await redisNow(stack.redis.redis)) + READ_LATE_MS);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openSession, type Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks } from './support/arrivals.js';

/** One client alone has 16 of them, which answer 500 times a second: the flood lasts for six seconds. */
const WORKER = { BOOMERANG_WORKER_SLOTS: '20' };
const ANSWERED_AFTER_MS = 32;
const FLOOD = 3_000;
/** Of a second client, at the same time: while one alone has anything overdue, nobody takes turns. */
const SECOND_FLOOD = 300;
const OTHERS = 40;

let stack: TestStack;
let flooded: Arrivals;
let alsoFlooded: Arrivals;
let calm: Arrivals;
beforeAll(async () => {
  stack = await startStack({ env: { worker: WORKER } });
  flooded = await receiveCallbacks(stack.redis.redis, () => sleep(ANSWERED_AFTER_MS));
  alsoFlooded = await receiveCallbacks(stack.redis.redis, () => sleep(ANSWERED_AFTER_MS));
  calm = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await calm?.close();
  await alsoFlooded?.close();
  await flooded?.close();
  await stack?.stop();
});

async function sessionOf(client: string, arrivals: Arrivals): Promise<Session> {
  const connection = await connect({ port: stack.tcpPorts[0] as number });
  return openSession(connection, { token: await stack.createClient(client), callback: http(arrivals) });
}

test("a client's flood does not delay another's callbacks, and its own tasks show what they wait for", async () => {
  const [flood, other] = [await sessionOf('flood', flooded), await sessionOf('calm', calm)];
  const second = await sessionOf('second', alsoFlooded);
  await Promise.all(Array.from({ length: SECOND_FLOOD }, () => second.setTimeout('second', 1_000)));
  const tasks = await Promise.all(Array.from({ length: FLOOD }, () => flood.setTimeout('flood', 1_000)));
  await flooded.waitFor(20);
  await Promise.all(Array.from({ length: OTHERS }, (_, i) => other.setTimeout('calm', i * 25)));

  const shown = async () => {
    const late = tasks.at(-1)?.taskId as string;
    return (await flood.get(late)).waitingFor?.includes("its client's turn");
  };
  await waitFor(shown, { message: 'a task of the flood to wait for its turn' });
  await calm.waitFor(OTHERS);
  const deliveredBefore = flooded.all.length;
  expect(deliveredBefore).toBeLessThan(FLOOD / 2);

  await flooded.waitFor(FLOOD, undefined, 60_000);
  await alsoFlooded.waitFor(SECOND_FLOOD);
  expect(new Set(flooded.all.map(({ taskId }) => taskId)).size).toBe(FLOOD);
  expect(flooded.all).toHaveLength(FLOOD);
  expect(alsoFlooded.all).toHaveLength(SECOND_FLOOD);
  expect(calm.all).toHaveLength(OTHERS);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { connect, resumeSession } from '@boomerang/client';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

const TTL_MS = 1_500;

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({
    counts: { gateway: 2 },
    env: { gateway: { BOOMERANG_SESSION_TTL_MS: String(TTL_MS) } },
  });
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

test('a session expires, and its tasks outlive it', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const { taskId } = await session.setTimeout('x', TTL_MS + 2_000);
  await sleep(TTL_MS + 950);
  await expect(session.setTimeout('y', 0)).rejects.toMatchObject({ status: 'SESSION_EXPIRED' });
  await expect(session.refresh()).rejects.toMatchObject({ status: 'SESSION_EXPIRED' });
  await arrivals.waitFor(1, taskId);
});

test('a session that is refreshed lives on, on every gateway', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const elsewhere = resumeSession(await connect({ port: stack.tcpPorts[1] as number }), session.sessionId);
  for (let i = 0; i < 4; i++) {
    await sleep(TTL_MS * 0.6);
    expect(await elsewhere.refresh()).toBeGreaterThan(session.expiresAtMs);
    await session.setTimeout('x', 0);
    await elsewhere.setTimeout('x', 0);
  }
});

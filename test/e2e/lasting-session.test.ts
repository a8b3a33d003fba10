import { randomUUID } from 'node:crypto';
import { type LastingSession, openLastingSession, pages } from '@boomerang/client';
import { startFreezingProxy, startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCuttingProxy } from './support/cutting-proxy.js';

const TTL_MS = 2_000;
const HOUR_MS = 3_600_000;
const callback = { protocol: 'HTTP', endpoint: 'http://127.0.0.1:9/' } as const;

let stack: TestStack;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  stack = await startStack({ env: { gateway: { BOOMERANG_SESSION_TTL_MS: String(TTL_MS) } } });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => stack?.stop());

/** As a client of its own, so that its tasks can be counted. */
async function lastingSession(port: number): Promise<LastingSession> {
  const token = await stack.createClient(`lasting-${randomUUID().slice(0, 8)}`);
  const session = await openLastingSession({ port, token, callback });
  closing.push(() => session.close());
  return session;
}

async function taskIds(session: LastingSession): Promise<string[]> {
  const ids: string[] = [];
  for await (const { tasks } of pages((at) => session.list(at)))
    ids.push(...tasks.map(({ taskId }) => taskId));
  return ids.sort();
}

test.each([
  ['request', 'before'],
  ['request', 'after'],
  ['answer', 'before'],
  ['answer', 'after'],
] as const)(
  'a connection that is cut at the %s, %s it passed, costs a registration with a key nothing',
  async (direction, when) => {
    const proxy = await startCuttingProxy(stack.tcpPorts[0] as number);
    closing.push(() => proxy.close());
    const session = await lastingSession(proxy.port);
    const struck = proxy.cut(direction, when);
    const first = await session.setTimeout('x', HOUR_MS, { idempotencyKey: 'first' });
    await struck;
    const second = await session.setTimeout('x', HOUR_MS, { idempotencyKey: 'second' });
    expect(await taskIds(session)).toEqual([first.taskId, second.taskId].sort());
  },
);

test('a registration without a key is never sent twice when its answer was lost, and says so', async () => {
  const proxy = await startCuttingProxy(stack.tcpPorts[0] as number);
  closing.push(() => proxy.close());
  const session = await lastingSession(proxy.port);
  const struck = proxy.cut('answer', 'before');
  await expect(session.setTimeout('x', HOUR_MS)).rejects.toMatchObject({ retry: 'unsafe' });
  await struck;
  expect(await taskIds(session)).toHaveLength(1);
});

test('a frozen connection is left for another one within the time of the request', async () => {
  const proxy = await startFreezingProxy(stack.tcpPorts[0] as number);
  closing.push(() => proxy.close());
  const session = await lastingSession(proxy.port);
  expect(proxy.freeze()).toBe(1);
  const options = { idempotencyKey: 'frozen', timeoutMs: 2_000 };
  const { taskId } = await session.setTimeout('x', HOUR_MS, options);
  expect(await taskIds(session)).toEqual([taskId]);
});

test('it is refreshed in time, and outlives its lifetime without any request', async () => {
  const session = await lastingSession(stack.tcpPorts[0] as number);
  const { sessionId } = session;
  await new Promise((resolve) => setTimeout(resolve, TTL_MS * 1.6));
  await session.list();
  expect(session.sessionId).toBe(sessionId);
});

test('a gateway that is killed and started again under many requests loses none of them', async () => {
  const session = await lastingSession(stack.tcpPorts[0] as number);
  const gateway = stack.processes.gateway[0];
  const registrations = Array.from({ length: 300 }, (_, i) =>
    session.setTimeout('x', HOUR_MS, { idempotencyKey: `key-${i}`, timeoutMs: 30_000 }),
  );
  await registrations[0];
  await gateway?.kill('SIGKILL');
  const further = Array.from({ length: 300 }, (_, i) =>
    session.setTimeout('x', HOUR_MS, { idempotencyKey: `further-${i}`, timeoutMs: 30_000 }),
  );
  await gateway?.restart();
  const made = await Promise.all([...registrations, ...further]);
  expect(await taskIds(session)).toEqual(made.map(({ taskId }) => taskId).sort());
});

test('what is wrong at the start is told at once: nothing that listens, and a key that is wrong', async () => {
  await expect(openLastingSession({ port: 1, token: 'bmr_x', callback })).rejects.toMatchObject({
    code: 'unreachable',
  });
  const port = stack.tcpPorts[0] as number;
  const wrong = { port, token: `${stack.token}x`, callback };
  await expect(openLastingSession(wrong)).rejects.toMatchObject({ code: 'unauthorized' });
});

test('an abort ends a request that waits for a gateway, and a closed session takes none', async () => {
  const proxy = await startCuttingProxy(stack.tcpPorts[0] as number);
  const session = await lastingSession(proxy.port);
  proxy.close();
  const signal = AbortSignal.timeout(300);
  await expect(session.list({}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  await session.close();
  await expect(session.list()).rejects.toMatchObject({ code: 'closed_here', retry: 'safe' });
});

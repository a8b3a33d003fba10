import { setTimeout as sleep } from 'node:timers/promises';
import { connect, resumeSession, type Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

let stack: TestStack;
let arrivals: Arrivals;
beforeEach(async () => {
  stack = await startStack({ env: { worker: { BOOMERANG_LEASE_MS: '2000' } } });
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterEach(async () => {
  await arrivals?.close();
  await stack?.stop();
});

/** Registers steadily for `forMs`, over a new connection whenever the old one fails; the ids that were acked. */
async function registerSteadily(first: Session, forMs: number): Promise<string[]> {
  const acked: string[] = [];
  const end = performance.now() + forMs;
  let session: Session | undefined = first;
  while (performance.now() < end) {
    await sleep(5);
    try {
      session ??= resumeSession(await connect({ port: stack.tcpPorts[0] as number }), first.sessionId);
      acked.push((await session.setTimeout('x', (acked.length * 13) % 2_000)).taskId);
    } catch {
      session = undefined;
    }
  }
  return acked;
}

async function expectAllDelivered(acked: readonly string[]): Promise<void> {
  const missing = () => {
    const seen = new Set(arrivals.all.map(({ taskId }) => taskId));
    return acked.filter((taskId) => !seen.has(taskId));
  };
  await waitFor(() => missing().length === 0, { timeoutMs: 30_000, message: 'all that was acked' });
  expect(acked.length).toBeGreaterThan(100);
}

test.each(['gateway', 'scheduler', 'worker'] as const)(
  'a %s killed in mid-run loses nothing that was acked, and nothing is early',
  async (name) => {
    const session = await sessionOn(stack, { callback: http(arrivals) });
    const registering = registerSteadily(session, 4_000);
    await arrivals.waitFor(50);
    const { pid } = stack.processes[name][0] ?? {};
    await stack.processes[name][0]?.kill('SIGKILL');
    await sleep(500);
    await stack.processes[name][0]?.restart();
    expect(stack.processes[name][0]?.pid).not.toBe(pid);
    await expectAllDelivered(await registering);
  },
);

test('a Redis that is killed and started again loses nothing that was acked, and no service needs a restart', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const registering = registerSteadily(session, 6_000);
  await arrivals.waitFor(50);
  const pids = Object.values(stack.processes).flatMap((services) => services.map(({ pid }) => pid));
  await stack.redis.kill();
  await sleep(500);
  await stack.redis.restart();
  await expectAllDelivered(await registering);
  expect(Object.values(stack.processes).flatMap((services) => services.map(({ pid }) => pid))).toEqual(pids);
  for (const pid of pids) process.kill(pid, 0);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

const SLOTS = 16;
const TIMEOUT_MS = 300;
/** The least pause between two probes. */
const PAUSE_MS = 500;
const HELD = 300;

/** Accepts requests and answers none of them, until it is told to. */
async function startBadReceiver() {
  const seen: string[] = [];
  let hangs = true;
  const server = createServer((request, response) => {
    seen.push(String(request.headers['boomerang-task-id']));
    request.resume();
    if (!hangs) request.on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    recover() {
      hangs = false;
      seen.length = 0;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let stack: TestStack;
let good: Arrivals;
let bad: Awaited<ReturnType<typeof startBadReceiver>>;
let held: Session;
let others: Session;
beforeAll(async () => {
  const worker = {
    BOOMERANG_ENDPOINT_SLOTS: String(SLOTS),
    BOOMERANG_CALLBACK_TIMEOUT_MS: String(TIMEOUT_MS),
  };
  stack = await startStack({ env: { worker } });
  good = await receiveCallbacks(stack.redis.redis);
  bad = await startBadReceiver();
  const retry = { maxAttempts: 100, strategy: 'FIXED', intervalMs: 100 } as const;
  held = await sessionOn(stack, { callback: { protocol: 'HTTP', endpoint: bad.endpoint }, retry });
  others = await sessionOn(stack, { callback: http(good) });
});
afterAll(async () => {
  bad?.close();
  await good?.close();
  await stack?.stop();
});

async function metric(line: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${stack.httpPorts.worker[0]}/metrics`);
  const found = (await response.text()).split('\n').find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length));
}

test('an endpoint that answers nothing costs others nothing and its own tasks no attempts but the probes', async () => {
  const tasks = await Promise.all(Array.from({ length: HELD }, (_, i) => held.setTimeout(String(i), i)));
  await waitFor(async () => (await metric('boomerang_worker_breakers_open')) === 1, {
    message: 'the breaker',
  });
  const [before, openedAt] = [bad.seen.length, performance.now()];

  const delivered = await Promise.all(Array.from({ length: 100 }, (_, i) => others.setTimeout('x', i * 20)));
  for (const { taskId } of delivered) await good.waitFor(1, taskId);

  await waitFor(
    async () => (await metric('boomerang_worker_given_back_total{reason="breaker_open"}')) > HELD,
    { message: 'all to be held back', timeoutMs: 20_000 },
  );
  const pauses = (performance.now() - openedAt) / PAUSE_MS;
  expect(bad.seen.length - before).toBeLessThanOrEqual(SLOTS + Math.ceil(pauses) + 1);

  const waiting = await waitFor(async () => (await held.get(tasks.at(-1)?.taskId ?? '')).waitingFor, {
    message: 'what it waits for',
  });
  expect(waiting).toMatch(new RegExp(`^${bad.endpoint} keeps failing: its breaker is open; .*Z$`));
  const [first] = tasks;
  const { attempts } = await held.get(first?.taskId ?? '');
  expect(attempts[0]).toMatchObject({
    occurrence: 1,
    attempt: 1,
    outcome: 'timeout',
    error: 'no answer in time',
  });
  expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
});

test('when it is back, all that was held back is delivered', async () => {
  bad.recover();
  await waitFor(() => new Set(bad.seen).size === HELD, { timeoutMs: 30_000, message: 'all held back' });
  await waitFor(async () => (await metric('boomerang_worker_breakers_open')) === 0, { message: 'the end' });
  const delivered = async () => (await held.list()).tasks.length === 0;
  await waitFor(delivered, { timeoutMs: 20_000, message: 'the last to be settled' });
});

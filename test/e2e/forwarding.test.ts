import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SessionOptions } from '@boomerang/client';
import {
  BrokerMissingError,
  ifAvailable,
  startNats,
  startStack,
  type TestStack,
  waitFor,
} from '@boomerang/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionOn } from './support/arrivals.js';
import { startWebhook, type Webhook } from './support/webhook.js';

let stack: TestStack;
let webhook: Webhook;

/** Refuses all, and is up for all that: a breaker would hold attempts back. */
const refuser = createServer((_request, response) => response.writeHead(400).end());

const failing = (): Partial<SessionOptions> => ({
  callback: { protocol: 'HTTP', endpoint: `http://127.0.0.1:${(refuser.address() as AddressInfo).port}/` },
  retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 10 },
});

beforeAll(async () => {
  await new Promise<void>((resolve) => refuser.listen(0, '127.0.0.1', resolve));
  const worker = { BOOMERANG_CALLBACK_TIMEOUT_MS: '1000' };
  stack = await startStack({ counts: { worker: 2 }, env: { worker } });
  webhook = await startWebhook();
});

afterAll(async () => {
  webhook?.close();
  await stack?.stop();
  refuser.close();
});

test('a malformed destination is refused at the handshake', async () => {
  const open = (destination: string) => sessionOn(stack, { ...failing(), dlq: { destination } });
  await expect(open('kafka://broker.example')).rejects.toThrow(
    /dlq\.destination: "" is no topic; allowed: kafka:\/\/host\[:port\]\/topic/,
  );
  await expect(open('nats://user:secret@broker.example/dead')).rejects.toThrow(/carries a user or password/);
});

test('dead letters reach a webhook, whichever worker is killed on the way', async () => {
  const session = await sessionOn(stack, { ...failing(), dlq: { destination: webhook.url } });
  const taskIds: string[] = [];
  for (let i = 0; i < 200; i++) {
    const { taskId } = await session.setTimeout(`order ${i}`, 0);
    taskIds.push(taskId);
    if (i === 100) await stack.processes.worker[0]?.kill();
  }
  await stack.processes.worker[0]?.restart();
  await webhook.waitForIds(200);
  const byId = new Map(webhook.received.map(({ id, body }) => [id, body]));
  expect([...byId.values()].map(({ task_id }) => task_id).sort()).toEqual(taskIds.sort());
  const payloads = [...byId.values()].map(({ payload_base64 }) =>
    Buffer.from(String(payload_base64), 'base64').toString(),
  );
  expect(payloads.sort()).toEqual(taskIds.map((_, i) => `order ${i}`).sort());
});

test('dead letters reach a stream of NATS', async ({ skip }) => {
  const nats = await ifAvailable(() => startNats());
  if (nats instanceof BrokerMissingError) return skip(nats.message);
  const connection = await connect({ servers: `127.0.0.1:${nats.port}` });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'dead', subjects: ['dead.>'] });
  const destination = `nats://127.0.0.1:${nats.port}/dead.orders`;
  const session = await sessionOn(stack, { ...failing(), dlq: { destination } });
  const { taskId } = await session.setTimeout('order', 0);
  const last = () => manager.streams.getMessage('dead', { last_by_subj: 'dead.orders' });
  const message = await waitFor(async () => (await last().catch(() => null)) ?? undefined, {
    message: 'the dead letter',
  });
  expect(message.json()).toMatchObject({ task_id: taskId, client_id: 'test', attempt_count: 1 });
  await connection.close();
  await nats.stop();
});

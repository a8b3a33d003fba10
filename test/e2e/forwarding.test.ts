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
import { startRefusingReceiver } from './support/refusing-receiver.js';
import { startWebhook, type Webhook } from './support/webhook.js';

let stack: TestStack;
let webhook: Webhook;
let receiver: Awaited<ReturnType<typeof startRefusingReceiver>>;

/** A session whose tasks all become dead letters. */
const failingSession = (destination: string) =>
  sessionOn(stack, { callback: { protocol: 'HTTP', endpoint: receiver.url }, dlq: { destination } });

beforeAll(async () => {
  const worker = { BOOMERANG_CALLBACK_TIMEOUT_MS: '1000' };
  stack = await startStack({ counts: { worker: 2 }, env: { worker } });
  webhook = await startWebhook();
  receiver = await startRefusingReceiver();
});

afterAll(async () => {
  webhook?.close();
  receiver?.close();
  await stack?.stop();
});

test('a malformed destination is refused at the handshake', async () => {
  await expect(failingSession('kafka://broker.example')).rejects.toThrow(
    /dlq\.destination: "" is no topic; allowed: kafka:\/\/host\[:port\]\/topic/,
  );
  await expect(failingSession('nats://user:secret@broker.example/dead')).rejects.toThrow(
    /carries a user or password/,
  );
});

test('dead letters reach a webhook, whichever worker is killed on the way', async () => {
  const session = await failingSession(webhook.url);
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
  const session = await failingSession(`nats://127.0.0.1:${nats.port}/dead.orders`);
  const { taskId } = await session.setTimeout('order', 0);
  const last = () => manager.streams.getMessage('dead', { last_by_subj: 'dead.orders' });
  const message = await waitFor(async () => (await last().catch(() => null)) ?? undefined, {
    message: 'the dead letter',
  });
  expect(message.json()).toMatchObject({ task_id: taskId, client_id: 'test', attempt_count: 1 });
  await connection.close();
  await nats.stop();
});

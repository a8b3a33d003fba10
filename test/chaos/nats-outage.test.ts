import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerMissingError, ifAvailable, startNats, startStack, waitFor } from '@boomerang/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { sessionOn } from '../e2e/support/arrivals.js';
import { startRefusingReceiver } from '../e2e/support/refusing-receiver.js';
import { startWebhook } from '../e2e/support/webhook.js';
import { COMPLETE } from './support/matrix.js';

const DOWN_MS = 120_000;
const EVERY_MS = 20;

test.runIf(COMPLETE)(
  'a NATS server that is down for a while gets every dead letter once; a webhook gets its own meanwhile',
  {
    timeout: DOWN_MS + 120_000,
  },
  async ({ skip, annotate }) => {
    const nats = await ifAvailable(() => startNats());
    if (nats instanceof BrokerMissingError) return skip(nats.message);
    const stack = await startStack({ counts: { worker: 2 } });
    const webhook = await startWebhook();
    const server = { servers: `127.0.0.1:${nats.port}`, reconnectTimeWait: 200, maxReconnectAttempts: -1 };
    const connection = await connect(server);
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'dead', subjects: ['dead'] });
    const receiver = await startRefusingReceiver();
    const failingSession = (destination: string) =>
      sessionOn(stack, { callback: { protocol: 'HTTP', endpoint: receiver.url }, dlq: { destination } });
    const sessions = [
      await failingSession(`nats://127.0.0.1:${nats.port}/dead`),
      await failingSession(webhook.url),
    ];
    const stored = async () => (await manager.streams.info('dead')).state.messages;

    let [count, flowing] = [0, true];
    const flow = (async () => {
      for (; flowing; count++) {
        await Promise.all(sessions.map((session) => session.setTimeout(`order ${count}`, 0)));
        await sleep(EVERY_MS);
      }
    })();
    await waitFor(async () => (await stored()) >= 10, {
      message: 'some to arrive before',
      timeoutMs: 60_000,
    });
    await nats.kill();
    await sleep(DOWN_MS);
    const missed = count;
    await webhook.waitForIds(missed - 1);
    await nats.restart();
    const backAt = performance.now();
    flowing = false;
    await flow;
    await waitFor(async () => (await stored().catch(() => 0)) >= count, {
      message: `all ${count} dead letters to be in the stream`,
      timeoutMs: 60_000,
    });
    const drainedMs = performance.now() - backAt;
    await webhook.waitForIds(count);
    await sleep(1_000);
    const ids = webhook.received.map(({ id }) => id);
    await annotate(
      `down for ${DOWN_MS / 1_000} s: ${count} dead letters for NATS, ${await stored()} stored, the last ` +
        `${(drainedMs / 1_000).toFixed(1)} s after its return; webhook: ${ids.length} requests for ${new Set(ids).size} ids`,
    );
    expect(await stored()).toBe(count);
    expect(new Set(ids).size).toBe(count);
    await connection.close();
    webhook.close();
    receiver.close();
    await stack.stop();
    await nats.stop();
  },
);

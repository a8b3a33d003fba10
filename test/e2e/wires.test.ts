import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import {
  createGrpcReceiver,
  createHttpReceiver,
  createTcpReceiver,
  createUdpReceiver,
  type ReceivedCallback,
  type SessionOptions,
} from '@boomerang/client';
import { selfSignedCertificate, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionOn } from './support/arrivals.js';

type Callback = NonNullable<SessionOptions['callback']>;
interface Wire {
  readonly callback: Callback;
  close(): Promise<void>;
}

const certificate = selfSignedCertificate();
const folder = mkdtempSync(join(tmpdir(), 'boomerang-wires-'));
const trusted = join(folder, 'trusted.pem');
writeFileSync(trusted, certificate.cert);
const arrived: ReceivedCallback[] = [];
const onCallback = (callback: ReceivedCallback) => {
  arrived.push(callback);
  const told = Buffer.from(callback.payload).toString();
  if (told === 'fails once' && callback.attempt === 1) return { error: 'not yet' };
  return told === 'fails' ? { deadLetter: 'never' } : undefined;
};

/** Opens a receiver; what it is called back at. */
const wires: Record<string, () => Promise<Wire>> = {
  async HTTP() {
    const receiver = await createHttpReceiver({ onCallback });
    return { callback: { protocol: 'HTTP', endpoint: receiver.url }, close: () => receiver.close() };
  },
  async 'HTTP with TLS'() {
    const receiver = await createHttpReceiver({ onCallback });
    const { port: plainPort } = new URL(receiver.url);
    const front = createServer(certificate, (socket) => {
      const behind = netConnect(Number(plainPort), '127.0.0.1');
      socket.on('error', () => behind.destroy()).pipe(behind);
      behind.on('error', () => socket.destroy()).pipe(socket);
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
    const { port } = front.address() as AddressInfo;
    const close = async () => {
      front.close();
      await receiver.close();
    };
    return { callback: { protocol: 'HTTP', endpoint: `https://localhost:${port}/` }, close };
  },
  async gRPC() {
    const receiver = await createGrpcReceiver({ onCallback });
    return { callback: { protocol: 'GRPC', endpoint: receiver.endpoint }, close: () => receiver.close() };
  },
  async 'gRPC with TLS'() {
    const receiver = await createGrpcReceiver({ onCallback, tls: certificate });
    const endpoint = receiver.endpoint.replace('127.0.0.1', 'localhost');
    return { callback: { protocol: 'GRPC', endpoint }, close: () => receiver.close() };
  },
  async TCP() {
    const receiver = await createTcpReceiver({ onCallback });
    return { callback: { protocol: 'TCP', endpoint: receiver.endpoint }, close: () => receiver.close() };
  },
  async 'UDP with acks'() {
    const { endpoint, close } = await createUdpReceiver({ onCallback });
    return { callback: { protocol: 'UDP', endpoint, acked: true }, close };
  },
};

let stack: TestStack;
const cleanUps: (() => Promise<void>)[] = [];
beforeAll(async () => {
  stack = await startStack({ env: { worker: { NODE_EXTRA_CA_CERTS: trusted } } });
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  await stack?.stop();
  rmSync(folder, { recursive: true });
});

async function sessionFor(callback: Callback) {
  return sessionOn(stack, { callback, retry: { maxAttempts: 3, intervalMs: 100 } });
}
const of = (taskId: string) => arrived.filter((callback) => callback.taskId === taskId);

test.each(Object.entries(wires))('over %s a task goes there and back', async (name, open) => {
  const wire = await open();
  cleanUps.push(() => wire.close());
  const session = await sessionFor(wire.callback);
  const ends = (taskId: string, state: string) =>
    waitFor(async () => (await session.get(taskId)).state === state, { message: `the state ${state}` });

  const told = { tags: ['order', 'größe 7'], idempotencyKey: `first over ${name}` };
  const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const { taskId, scheduledTimeMs } = await session.setTimeout(payload, 200, told);
  await ends(taskId, 'delivered');
  expect(of(taskId)).toHaveLength(1);
  expect(of(taskId)[0]).toMatchObject({
    clientId: 'test',
    occurrence: 1,
    attempt: 1,
    scheduledTimeMs,
    ...told,
  });
  expect(of(taskId)[0]?.latenessMs).toBeLessThan(60_000);
  expect(Buffer.compare(Buffer.from(of(taskId)[0]?.payload ?? []), payload)).toBe(0);

  const again = await session.setTimeout('fails once', 0);
  await ends(again.taskId, 'delivered');
  expect(of(again.taskId).map(({ attempt }) => attempt)).toEqual([1, 2]);
  // The pause before the second attempt is in it.
  expect(of(again.taskId)[1]?.latenessMs).toBeGreaterThanOrEqual(100);

  const never = await session.setTimeout('fails', 0);
  await ends(never.taskId, 'dead_lettered');
  expect(of(never.taskId)).toHaveLength(1);
});

test('over UDP without acks a task is sent, and says no more than that', async () => {
  const { endpoint, close } = await createUdpReceiver({ onCallback });
  cleanUps.push(close);
  const session = await sessionFor({ protocol: 'UDP', endpoint });
  const { taskId } = await session.setTimeout('fails', 100);
  await waitFor(async () => (await session.get(taskId)).state === 'sent', { message: 'the state sent' });
  await waitFor(() => of(taskId).length === 1, { message: 'the datagram' });

  const metrics = await (await fetch(`http://127.0.0.1:${stack.httpPorts.worker[0]}/metrics`)).text();
  expect(metrics).toMatch(/boomerang_worker_settled_attempts_total\{outcome="sent"\} 1\n/);
  expect(metrics).toMatch(/boomerang_worker_lateness_seconds_count\{protocol="UDP"\} [1-9]/);
});

test('over UDP a payload that fits no datagram is refused at registration, with its size and the limit', async () => {
  const session = await sessionFor({ protocol: 'UDP', endpoint: '127.0.0.1:9', acked: true });
  await expect(session.setTimeout(Buffer.alloc(1_200), 0)).rejects.toThrow(
    /^payload: 1200 bytes; allowed: at most \d{3} bytes, as a callback over UDP is one datagram of at most 1200 bytes/,
  );
});

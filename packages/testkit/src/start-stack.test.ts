import { connect, createHttpReceiver, openSession } from '@boomerang/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStack, type TestStack } from './start-stack.js';
import { waitFor } from './wait-for.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2 } });
});
afterAll(() => stack.stop());

test('carries a task from a session on either gateway to its receiver', async () => {
  const received: string[] = [];
  const receiver = await createHttpReceiver({
    onCallback: ({ payload }) => void received.push(Buffer.from(payload).toString()),
  });
  for (const port of stack.tcpPorts) {
    const connection = await connect({ port });
    const callback = { protocol: 'HTTP', endpoint: receiver.url } as const;
    const session = await openSession(connection, { token: stack.token, callback });
    await session.setTimeout(String(port), 10);
    await connection.close();
  }
  await waitFor(() => received.length === 2, { message: 'both callbacks' });
  expect(received.sort()).toEqual(stack.tcpPorts.map(String).sort());
  await receiver.close();
});

test('starts a killed service again, as another process on the same ports', async () => {
  const [gateway] = stack.processes.gateway;
  const before = gateway?.pid;
  await gateway?.kill();
  await expect(connect({ port: stack.tcpPorts[0] as number })).rejects.toThrow('ECONNREFUSED');
  await gateway?.restart();
  expect(gateway?.pid).not.toBe(before);
  await (await connect({ port: stack.tcpPorts[0] as number })).close();
  expect(gateway?.logs().match(/"msg":"ready"/g)).toHaveLength(2);
});

test('starts further services, which end with the stack', async () => {
  const worker = await stack.add('worker');
  expect(stack.processes.worker.map(({ pid }) => pid)).not.toContain(worker.pid);
  expect((await fetch(`http://127.0.0.1:${worker.httpPort}/readyz`)).status).toBe(200);
  await worker.kill('SIGTERM');
  expect(worker.exitCode).toBe(0);
});

test('says what a service wrote that does not come up, and leaves nothing running', async () => {
  const starting = startStack({ env: { worker: { BOOMERANG_LEASE_MS: 'long' } } });
  await expect(starting).rejects.toThrow(/worker is not ready[\s\S]*BOOMERANG_LEASE_MS/);
});

test('fails at its end if Node has warned a service', async () => {
  const leak = 'for (let i = 0; i < 11; i++) process.on("leak", () => undefined)';
  const env = { worker: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(leak)}"` } };
  const warned = await startStack({ env });
  await expect(warned.stop()).rejects.toThrow(/MaxListenersExceededWarning.*11 leak listeners/);
});

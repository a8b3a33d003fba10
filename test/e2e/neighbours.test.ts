import {
  type CallbackHandler,
  connect,
  createGrpcReceiver,
  createTcpReceiver,
  createUdpReceiver,
  openSession,
  type Session,
  type SessionOptions,
} from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type SharedOrigin, startSharedOrigin } from './support/shared-origin.js';

type Callback = NonNullable<SessionOptions['callback']>;

const WORKER = {
  // What hangs holds its connection for longer than any healthy callback here may take.
  BOOMERANG_CALLBACK_TIMEOUT_MS: '30000',
  BOOMERANG_WORKER_SLOTS: '200',
  BOOMERANG_ENDPOINT_SLOTS: '16',
};
/** So many callbacks to a bad endpoint are under way before the others follow. */
const BEGUN = 5;
const IN_TIME_MS = 10_000;
const RETRY = { maxAttempts: 20, strategy: 'FIXED', intervalMs: 500 } as const;

let stack: TestStack;
let tokens: { readonly shop: string; readonly rival: string };
const closes: (() => unknown)[] = [];
beforeAll(async () => {
  stack = await startStack({ env: { worker: WORKER } });
  tokens = { shop: await stack.createClient('shop'), rival: await stack.createClient('rival') };
});
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});
afterAll(() => stack?.stop());

async function sessionOf(client: 'shop' | 'rival', callback: Callback): Promise<Session> {
  const connection = await connect({ port: stack.tcpPorts[0] as number });
  return openSession(connection, { token: tokens[client], callback, retry: RETRY });
}

const http = ({ url }: SharedOrigin, path: string): Callback => ({ protocol: 'HTTP', endpoint: url + path });

async function anOrigin(): Promise<SharedOrigin> {
  const origin = await startSharedOrigin();
  closes.push(() => origin.close());
  return origin;
}

/** Registers tasks of `session` at a calm pace; all have to come with their first attempt, and soon. */
async function expectUndisturbed(
  session: Session,
  arrived: () => readonly { taskId: string; attempt: number }[],
) {
  const due = Array.from({ length: 100 }, (_, i) => session.setTimeout('calm', i * 20));
  const ids = new Set((await Promise.all(due)).map(({ taskId }) => taskId));
  const mine = () => arrived().filter(({ taskId }) => ids.has(taskId));
  await waitFor(() => mine().length === ids.size, {
    timeoutMs: IN_TIME_MS,
    message: 'all callbacks to the healthy endpoint',
  }).catch(() => undefined);
  expect(mine()).toHaveLength(ids.size);
  expect(mine().filter(({ attempt }) => attempt !== 1)).toEqual([]);
}

const burst = (session: Session, count: number) =>
  Promise.all(Array.from({ length: count }, () => session.setTimeout('burst', 0)));

describe('callbacks to a healthy endpoint are not held back by', () => {
  test.each([
    ["another client's at the same origin that answers 503", 'rival', '/down', 40],
    ["another client's at the same origin that hangs", 'rival', '/hang', 400],
    ["another client's at the same origin that begins to hang", 'rival', '/stall', 400],
    ['one of the same client at the same origin that answers 503', 'shop', '/down', 40],
    ['one of the same client at the same origin that hangs', 'shop', '/hang', 400],
    ['one of the same client at the same origin that begins to hang', 'shop', '/stall', 400],
  ] as const)('%s', async (_what, client, path, count) => {
    const origin = await anOrigin();
    const bad = await sessionOf(client, http(origin, path));
    const healthy = await sessionOf('shop', http(origin, '/orders?of=shop'));
    await burst(bad, count);
    await waitFor(() => origin.visits.length >= BEGUN, { message: 'the first to be called' });
    await expectUndisturbed(healthy, () => origin.visits);
  });

  test.each([
    ["a hundred of another client's that hang, at one origin", 1],
    ["a hundred of another client's that hang, each at an origin of its own", 100],
  ])('%s', async (_what, origins) => {
    const bad = await Promise.all(Array.from({ length: origins }, anOrigin));
    const sessions = Array.from({ length: 100 }, (_, i) =>
      sessionOf('rival', http(bad[i % origins] as SharedOrigin, `/hang/${i}`)),
    );
    const healthy = await sessionOf('shop', http(bad[0] as SharedOrigin, '/orders'));
    for (const session of await Promise.all(sessions)) void burst(session, 20);
    await waitFor(() => bad.flatMap(({ visits }) => visits).length >= BEGUN, {
      message: 'the first to be called',
    });
    await expectUndisturbed(healthy, () => bad[0]?.visits ?? []);
  });

  test.each<
    [
      Callback['protocol'],
      (options: { onCallback: CallbackHandler }) => Promise<{ endpoint: string; close(): Promise<void> }>,
    ]
  >([
    ['GRPC', createGrpcReceiver],
    ['TCP', createTcpReceiver],
    ['UDP', createUdpReceiver],
  ])("another client's at the same %s receiver that it leaves unanswered", async (protocol, create) => {
    const seen: { clientId: string; taskId: string; attempt: number }[] = [];
    const receiver = await create({
      onCallback(callback) {
        seen.push(callback);
        return callback.clientId === 'rival' ? new Promise(() => undefined) : 'OK';
      },
    });
    closes.push(() => void receiver.close());
    const { endpoint } = receiver;
    const callback = protocol === 'UDP' ? { protocol, endpoint, acked: true } : { protocol, endpoint };
    const bad = await sessionOf('rival', callback as Callback);
    const healthy = await sessionOf('shop', callback as Callback);
    await burst(bad, 400);
    await waitFor(() => seen.length >= BEGUN, { message: 'the first to be called' });
    await expectUndisturbed(healthy, () => seen);
  });
});

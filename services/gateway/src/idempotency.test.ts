import { openSession, type SessionOptions } from '@boomerang/client';
import { boomerang } from '@boomerang/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const { Status } = boomerang;
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let ports: number[];
beforeAll(async () => {
  gateway = await startTestGateway();
  ports = [await gateway.open(), await gateway.open()];
});
afterAll(() => gateway.stop());

async function open(n = 0, options: Partial<SessionOptions> = {}) {
  const connection = await connectTo(ports[n] as number);
  return openSession(connection, { token: gateway.tokens.shop, callback, ...options });
}

async function register(task: boomerang.Task.$Properties) {
  const connection = await connectTo(ports[0] as number);
  const { sessionId } = await openSession(connection, { token: gateway.tokens.shop, callback });
  const answer = await connection.request({ sessionId, registrationRequest: task });
  await connection.close();
  return answer.registrationResponse as boomerang.RegistrationResponse.$Properties;
}

test('a registration is repeated by its key: in the same session, in another one, on another gateway', async () => {
  const session = await open();
  const options = { idempotencyKey: 'order-7' };
  const first = await session.setTimeout('seven', 60_000, options);
  expect(await session.setTimeout('seven', 60_000, options)).toEqual(first);
  expect(await (await open()).setTimeout('seven', 60_000, options)).toEqual(first);
  expect(await (await open(1)).setTimeout('seven', 60_000, options)).toEqual(first);
  const { tasks } = await session.list();
  expect(tasks.map(({ taskId }) => taskId)).toEqual([first.taskId]);
  const rival = await open(0, { token: gateway.tokens.rival });
  expect((await rival.setTimeout('seven', 60_000, options)).taskId).not.toBe(first.taskId);
});

test('with another content the key is refused, by a code of its own', async () => {
  const session = await open();
  await session.setInterval('beat', 60_000, { idempotencyKey: 'beat' });
  await session.setInterval('beat', 60_000, { delayMs: 60_000, idempotencyKey: 'beat' });
  for (const reused of [
    session.setInterval('bead', 60_000, { idempotencyKey: 'beat' }),
    session.setInterval('beat', 60_000, { delayMs: 0, idempotencyKey: 'beat' }),
    session.setTimeout('beat', 60_000, { idempotencyKey: 'beat' }),
  ]) {
    await expect(reused).rejects.toMatchObject({
      code: 'key_reused',
      status: 'INVALID_REQUEST',
      retry: 'useless',
    });
    await expect(reused).rejects.toThrow(
      'idempotency_key: it came before with another payload, delay or interval',
    );
  }
});

test('registrations with and without keys travel together, and each is answered for itself', async () => {
  const session = await open();
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      n % 3 === 0
        ? session.setTimeout('x', 60_000)
        : session.setTimeout('x', 60_000, { idempotencyKey: `k${n % 50}` }),
    ),
  );
  const ids = answers.map(({ taskId }) => taskId);
  const ofKey = new Map<string, Set<string>>();
  ids.forEach((id, n) => {
    const key = n % 3 === 0 ? `none ${n}` : `k${n % 50}`;
    ofKey.set(key, (ofKey.get(key) ?? new Set()).add(id));
  });
  for (const own of ofKey.values()) expect(own.size).toBe(1);
  expect(new Set(ids).size).toBe(ofKey.size);
});

test.each([
  ['x'.repeat(129), '129 bytes'],
  ['é'.repeat(65), '130 bytes'],
  ['order\n7', 'U+000A at position 5'],
  ['\u0085', 'U+0085 at position 0'],
])('the key %j is refused, and nothing is registered', async (idempotencyKey, problem) => {
  const before = (await (await open()).list({ limit: 1_000 })).tasks.length;
  expect(await register({ payload: Buffer.from('x'), delayMs: 60_000, idempotencyKey })).toMatchObject({
    status: Status.INVALID_REQUEST,
    code: 'invalid_request',
    errorMessage: `idempotency_key: ${problem}; allowed: 1 to 128 bytes of UTF-8 without control characters`,
  });
  expect((await (await open()).list({ limit: 1_000 })).tasks).toHaveLength(before);
});

test('an empty key is none', async () => {
  const [first, second] = [
    await register({ delayMs: 60_000, idempotencyKey: '' }),
    await register({ delayMs: 60_000, idempotencyKey: '' }),
  ];
  expect(first?.status).toBe(Status.OK);
  expect(first?.taskId).not.toBe(second?.taskId);
});

import { encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { createClientDirectory, setDefaultPolicy } from '@boomerang/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEPPER, rawConnection, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

let gateway: TestGateway;
let port: number;
beforeAll(async () => {
  gateway = await startTestGateway();
  port = await gateway.open();
  await setDefaultPolicy(gateway.redis, 'shop', {
    callback: { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb', format: 'ENVELOPE' },
    retry: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 1_000, maxIntervalMs: 60_000 },
    dlq: { destination: 'of-shop' },
  });
});
afterAll(() => gateway?.stop());

/** A message of length-delimited fields, as any program writes it that was generated from the public schema. */
function message(...fields: [number: number, value: Buffer | string][]): Buffer {
  const encoded = fields.map(([number, value]) => {
    const bytes = Buffer.from(value);
    const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
    return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
  });
  return Buffer.concat(encoded);
}

/** Sends a frame in two writes, as the public client does; its answer. */
async function ask(envelope: Buffer) {
  const { socket, received, closed } = await rawConnection(port);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(envelope.length);
  socket.write(length);
  socket.write(envelope);
  await new Promise<void>((resolve) => {
    socket.on('data', () => received.length > 0 && resolve());
    void closed.then(resolve);
  });
  socket.destroy();
  return received[0];
}

const login = (clientId: string, password: string) =>
  ask(message([2, message([1, clientId], [2, password])]));
const asMessage = (envelope: Parameters<typeof encodeFrame>[0]) =>
  new FrameDecoder().push(encodeFrame(envelope))[0] as Buffer;

async function sessionOf(clientId: string, password: string): Promise<string> {
  const answer = await login(clientId, password);
  expect(answer?.authResponse).toMatchObject({ status: 0 });
  return answer?.authResponse?.sessionId ?? '';
}

describe('a client of the public schema', () => {
  test('logs in with its name and a key, and its tasks have its default policy', async () => {
    const sessionId = await sessionOf('shop', gateway.tokens.shop);
    const registered = await ask(
      asMessage({ sessionId, registrationRequest: { payload: Buffer.from('x'), delayMs: 0 } }),
    );
    expect(registered?.registrationResponse).toMatchObject({ status: 0 });
    await gateway.failAll();
    const listed = await ask(
      asMessage({ sessionId, listDeadLettersRequest: { filter: { bucket: 'of-shop' } } }),
    );
    const { taskId } = registered?.registrationResponse ?? {};
    expect(listed?.listDeadLettersResponse?.deadLetters?.map((letter) => letter.taskId)).toEqual([taskId]);
  });

  test('without a default policy manages tasks, and is told why it can not register any', async () => {
    const sessionId = await sessionOf('rival', gateway.tokens.rival);
    const listed = await ask(asMessage({ sessionId, listTasksRequest: {} }));
    expect(listed?.listTasksResponse).toMatchObject({ status: 0 });
    const refused = await ask(asMessage({ sessionId, registrationRequest: { payload: Buffer.from('x') } }));
    expect(refused?.registrationResponse).toMatchObject({
      status: 3,
      errorMessage: expect.stringContaining('callback'),
    });
  });

  test.each([
    ['a password that is no key', 'shop', () => 'secret of the shop', 'has not the form of a key'],
    ['an empty password', 'shop', () => '', 'it is empty'],
    ['an unknown key', 'shop', () => `bmr_nobody_${'x'.repeat(64)}`, 'unknown or wrong key'],
    ['the key of another client', 'rival', () => gateway.tokens.shop, 'unknown or wrong key'],
    ['a name that nobody has', 'nobody', () => gateway.tokens.shop, 'unknown or wrong key'],
  ])('is refused in an auth_response with %s', async (_what, clientId, password, reason) => {
    const answer = await login(clientId, password());
    expect(answer?.authResponse).toMatchObject({
      status: 2,
      sessionId: '',
      errorMessage: expect.stringContaining(reason),
    });
  });

  test('is refused in an auth_response, too, where its handshake can not be read', async () => {
    const answer = await ask(Buffer.from('120a0a', 'hex'));
    expect(answer?.authResponse).toMatchObject({
      status: 3,
      code: 'invalid_request',
      errorMessage: expect.stringContaining('not a BoomerangEnvelope'),
    });
    expect((await ask(Buffer.from('220a0a', 'hex')))?.errorResponse).toMatchObject({
      code: 'MALFORMED_ENVELOPE',
    });
  });
});

describe('an administrator of the public schema', () => {
  const asked = [
    ['registers a client', 10, 'clientRegistrationResponse', message([1, 'new'], [2, 'secret'])],
    ['removes a client', 12, 'clientDeregistrationResponse', message([1, 'shop'])],
  ] as const;
  const answerTo = async (key: string, clientId: string, number: number, content: Buffer) =>
    ask(message([1, await sessionOf(clientId, key)], [number, content]));

  test.each(asked)(
    'who %s without the permission is told so in kind',
    async (_what, number, response, content) => {
      const answer = await answerTo(gateway.tokens.shop, 'shop', number, content);
      expect(answer?.[response]).toMatchObject({
        status: 2,
        errorMessage: expect.stringContaining('lacks the permission "admin"'),
      });
      expect((await ask(message([number, content])))?.[response]).toMatchObject({ status: 2 });
    },
  );

  test.each(asked)('who %s is told in kind how that is done', async (_what, number, response, content) => {
    const key = await createClientDirectory(gateway.redis, PEPPER).addKey('rival', {
      permissions: ['admin'],
    });
    const answer = await answerTo(key, 'rival', number, content);
    expect(answer?.[response]).toMatchObject({
      status: 3,
      errorMessage: expect.stringContaining('nothing was changed'),
    });
  });
});

describe('a handshake of ours', () => {
  test('may name the client that the key has to be of, and ask for its default policy', async () => {
    const shake = (clientId: string) =>
      ask(asMessage({ authHandshake: { authToken: gateway.tokens.shop, clientId, defaultPolicy: true } }));
    expect((await shake('shop'))?.authResponse).toMatchObject({ status: 0 });
    expect((await shake('rival'))?.authResponse).toMatchObject({ status: 2 });
  });

  test('asks for the default policy or brings one of its own, not both', async () => {
    const callback = { protocol: 2, endpoint: 'http://192.0.2.1/cb' };
    const authHandshake = { authToken: gateway.tokens.shop, defaultPolicy: true, callback };
    const answer = await ask(asMessage({ authHandshake }));
    expect(answer?.authResponse).toMatchObject({
      status: 3,
      errorMessage: expect.stringMatching(/^default_policy: given with/),
    });
  });
});

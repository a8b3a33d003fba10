import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { boomerang, encodeFrame } from '@boomerang/protocol';
import { afterEach, expect, test } from 'vitest';
import { closeFakeGateways, fakeGateway } from '../../test-support/fake-gateway.js';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { type LastingSession, openLastingSession } from './open-lasting-session.js';

const { Status } = boomerang;

const sessions: LastingSession[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
  closeFakeGateways();
});

/** A gateway that numbers its sessions from 1, and answers all else by `answer`; what it was asked. */
async function gatewayThat(
  answer: (request: RequestEnvelope, n: number, socket: Socket) => RequestEnvelope | undefined,
) {
  const asked: RequestEnvelope[] = [];
  let opened = 0;
  const { port } = await fakeGateway((request, socket) => {
    if (request.authHandshake) {
      opened += 1;
      const authResponse = { sessionId: `s-${opened}`, expiresAtMs: Date.now() + 3_600_000 };
      socket.write(encodeFrame({ authResponse }));
      return;
    }
    asked.push(request);
    const answered = answer(request, asked.length, socket);
    if (answered) socket.write(encodeFrame(answered));
  });
  return { port, asked };
}

async function open(port: number, options: { maxInFlight?: number; requestTimeoutMs?: number } = {}) {
  const session = await openLastingSession({ port, token: 'bmr_test', ...options });
  sessions.push(session);
  return session;
}

const OK: RequestEnvelope = { registrationResponse: { taskId: 't', scheduledTimeMs: 1 } };

function refusal(status: boomerang.Status, code: string): RequestEnvelope {
  return { registrationResponse: { status, code, errorMessage: code } };
}

test('a session that has ended is opened anew, once for all requests under way, and they go on in the new one', async () => {
  const expired = refusal(Status.SESSION_EXPIRED, 'session_expired');
  const { port, asked } = await gatewayThat(({ sessionId }) => (sessionId === 's-1' ? expired : OK));
  const session = await open(port);
  await Promise.all([session.setTimeout('a', 1), session.setTimeout('b', 1), session.setTimeout('c', 1)]);
  expect(asked.map(({ sessionId }) => sessionId)).toEqual(['s-1', 's-1', 's-1', 's-2', 's-2', 's-2']);
  expect(session.sessionId).toBe('s-2');
});

test.each([
  ['exhausted', 'without a key', undefined],
  ['unavailable', 'without a key', undefined],
  ['outcome_unknown', 'with a key', 'k'],
])('a registration that is answered %s, %s, is tried again', async (code, _, idempotencyKey) => {
  const { port, asked } = await gatewayThat((_request, n) => (n < 3 ? refusal(Status.ERROR, code) : OK));
  const session = await open(port);
  await session.setTimeout('a', 1, idempotencyKey === undefined ? {} : { idempotencyKey });
  expect(asked).toHaveLength(3);
});

test.each([
  ['outcome_unknown', undefined],
  ['internal', 'k'],
  ['invalid_request', 'k'],
  ['forbidden', 'k'],
])('one that is answered %s (key: %s) is not', async (code, idempotencyKey) => {
  const { port, asked } = await gatewayThat(() => refusal(Status.ERROR, code));
  const session = await open(port);
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  await expect(session.setTimeout('a', 1, options)).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(1);
});

test('when its time is up, a request tells the last failure', async () => {
  const { port } = await gatewayThat(() => refusal(Status.ERROR, 'exhausted'));
  const session = await open(port);
  const request = session.setTimeout('a', 1, { timeoutMs: 400 });
  await expect(request).rejects.toMatchObject({ code: 'exhausted' });
});

test('no more requests are under way than may be; the others come in their order', async () => {
  const held: (() => void)[] = [];
  const { port, asked } = await gatewayThat((_request, _n, socket) => {
    held.push(() => socket.write(encodeFrame(OK)));
    return undefined;
  });
  const session = await open(port, { maxInFlight: 2 });
  const made = ['a', 'b', 'c', 'd', 'e'].map((payload) => session.setTimeout(payload, 1));
  await sleep(100);
  expect(asked).toHaveLength(2);
  while (held.length > 0) {
    held.shift()?.();
    await sleep(30);
    expect(held.length).toBeLessThanOrEqual(2);
  }
  await Promise.all(made);
  const payloads = asked.map(({ registrationRequest }) => String(registrationRequest?.payload));
  expect(payloads).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test.each([
  [{ maxInFlight: 0 }, 'maxInFlight'],
  [{ port: 0 }, 'port'],
  [{ token: '' }, 'token'],
  [{ onClose: () => undefined }, 'onClose'],
])('the options %o are refused by name', async (wrong, field) => {
  const options = { token: 'bmr_test', ...wrong } as Parameters<typeof openLastingSession>[0];
  await expect(openLastingSession(options)).rejects.toMatchObject({ code: 'invalid_request', field });
});

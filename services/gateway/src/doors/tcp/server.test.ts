import { connect as connectSecure } from 'node:tls';
import { boomerang, encodeFrame, MAX_FRAME_BYTES } from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { LIVE_SESSION, openTestDoor, type TestDoor } from '../../../test-support/test-door.js';
import { rawConnection } from '../../../test-support/test-gateway.js';

const { Status } = boomerang;

const handshake = (authToken: string) => encodeFrame({ authHandshake: { authToken } });
const refresh = encodeFrame({ sessionId: LIVE_SESSION, sessionRefresh: {} });

/** A registration whose frame announces `bytes`. */
function registration(bytes: number): Buffer {
  const envelope = (size: number) =>
    encodeFrame({
      sessionId: LIVE_SESSION,
      registrationRequest: { payload: Buffer.alloc(size), delayMs: 1 },
    });
  const frame = envelope(2 * bytes - (envelope(bytes).length - 4));
  if (frame.length !== bytes + 4) throw new Error(`${frame.length - 4} bytes instead of ${bytes}`);
  return frame;
}

function lengthOnly(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}

let door: TestDoor;
afterEach(() => door.close());

async function knock() {
  const { socket, received, closed } = await rawConnection(door.port);
  const kinds = () => received.map(({ payload }) => payload);
  const refusal = () => received.find(({ payload }) => payload === 'errorResponse')?.errorResponse;
  return { socket, received, closed, kinds, refusal };
}

describe('until a connection has shown a live session', () => {
  test('frames of more than 4 KiB are refused with what to do, those of 4 KiB are not', async () => {
    door = await openTestDoor();
    const { socket, closed, kinds, refusal } = await knock();
    socket.write(Buffer.concat([handshake('bad'), lengthOnly(4_097)]));
    await closed;
    expect(kinds()).toEqual(['authResponse', 'errorResponse']);
    expect(refusal()).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      status: Status.INVALID_REQUEST,
      errorMessage:
        'frames are limited to 4096 bytes until the connection has shown a live session; ' +
        'send session_refresh first (4097 bytes were announced)',
    });
    const small = await knock();
    small.socket.write(registration(4_096));
    await expect.poll(small.kinds).toEqual(['registrationResponse']);
    small.socket.destroy();
  });

  test.each([
    ['a handshake', handshake('good')],
    ['a refresh', refresh],
    ['a small registration', registration(100)],
  ])('%s shows one: large frames may follow at once, in the same write', async (_what, first) => {
    door = await openTestDoor();
    const { socket, kinds } = await knock();
    socket.write(Buffer.concat([first, registration(MAX_FRAME_BYTES), registration(5_000)]));
    await expect.poll(() => kinds().slice(1)).toEqual(['registrationResponse', 'registrationResponse']);
    socket.destroy();
  });

  test('requests are taken one by one, so that keys can not be tried in bulk', async () => {
    let atOnce = 0;
    let most = 0;
    const open = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce--;
      throw new Error('no');
    };
    door = await openTestDoor({ sessions: { open } });
    const { socket, received } = await knock();
    socket.write(Buffer.concat(Array.from({ length: 100 }, () => handshake('bad'))));
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(100);
    expect(most).toBe(1);
    socket.destroy();
  });

  test('time runs, whatever is sent meanwhile', async () => {
    door = await openTestDoor({ limits: { sessionMs: 300 } });
    const silent = await knock();
    const busy = await knock();
    const sending = setInterval(() => busy.socket.write(handshake('bad')), 20);
    await Promise.all([silent.closed, busy.closed]);
    clearInterval(sending);
    expect(silent.refusal()).toMatchObject({ code: 'NO_SESSION', status: Status.UNAUTHORIZED });
    expect(silent.refusal()?.errorMessage).toBe(
      'no live session within 300 ms; send auth_handshake, or session_refresh, right after connecting',
    );
    expect(busy.kinds().at(-1)).toBe('errorResponse');
    expect(await door.closedConnections()).toEqual({ no_session: 2 });
  });
});

describe('a connection that has shown a live session', () => {
  test('may be silent for as long as it likes', async () => {
    door = await openTestDoor({ limits: { sessionMs: 1_000, frameMs: 100, unreadMs: 100 } });
    const { socket, kinds } = await knock();
    socket.write(refresh);
    await expect.poll(kinds).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    socket.write(refresh);
    await expect.poll(kinds).toEqual(['sessionRefreshResponse', 'sessionRefreshResponse']);
    socket.destroy();
  });

  test('has to send each frame to its end in time, however busily it sends', async () => {
    door = await openTestDoor({ limits: { frameMs: 300 } });
    const { socket, closed, kinds, refusal } = await knock();
    socket.write(Buffer.concat([refresh, registration(100_000).subarray(0, 50_000)]));
    const sending = setInterval(() => socket.write(Buffer.alloc(1)), 20);
    await closed;
    clearInterval(sending);
    expect(kinds()).toEqual(['sessionRefreshResponse', 'errorResponse']);
    expect(refusal()).toMatchObject({ code: 'SLOW_FRAME', status: Status.INVALID_REQUEST });
    expect(await door.closedConnections()).toEqual({ slow_frame: 1 });
  });

  test('gets time for each frame anew', async () => {
    door = await openTestDoor({ limits: { frameMs: 2_000 } });
    const { socket, received } = await knock();
    const stream = Buffer.concat(Array.from({ length: 12 }, () => refresh));
    // Chunks end in the middle of frames: there is always an unfinished frame, but none stays so for long.
    const cuts = Array.from({ length: 13 }, (_, i) => Math.round((i - 0.5) * refresh.length));
    for (const [i, cut] of cuts.entries()) {
      socket.write(stream.subarray(Math.max(0, cuts[i - 1] ?? 0), Math.max(0, cut)));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    socket.write(stream.subarray(cuts.at(-1)));
    await expect.poll(() => received.length).toBe(12);
    expect(await door.closedConnections()).toEqual({});
    socket.destroy();
  });

  const large = Buffer.alloc(1_000_000);
  const getTask = async () => ({
    taskId: 't',
    clientId: 'c',
    state: 'scheduled' as const,
    dueMs: 1,
    repeatIntervalMs: 0,
    calendar: undefined,
    occurrence: 1,
    payload: large,
    attempts: [],
    waitingFor: undefined,
    replayOf: undefined,
    tags: [],
    expiry: undefined,
    recurrence: undefined,
  });
  const get = encodeFrame({ sessionId: LIVE_SESSION, getTaskRequest: { taskId: 't' } });

  test('is dropped when it reads nothing of what it asked for', async () => {
    door = await openTestDoor({ limits: { unreadMs: 500 }, tasks: { get: getTask } });
    const { socket, closed } = await knock();
    socket.pause();
    socket.write(Buffer.concat([refresh, ...Array.from({ length: 30 }, () => get)]));
    await expect.poll(() => door.closedConnections(), { timeout: 10_000 }).toEqual({ not_reading: 1 });
    socket.resume();
    await closed;
  });

  test('is not dropped when it reads slowly', async () => {
    door = await openTestDoor({ limits: { unreadMs: 1_000 }, tasks: { get: getTask } });
    const { socket, received } = await knock();
    socket.write(Buffer.concat([refresh, ...Array.from({ length: 20 }, () => get)]));
    const started = performance.now();
    // A pause at every chunk: slower than the kernel's buffers, faster than the limit.
    socket.on('data', () => {
      if (performance.now() - started > 3_000) return;
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    await expect.poll(() => received.length, { timeout: 15_000 }).toBe(21);
    expect(performance.now() - started).toBeGreaterThan(2_000);
    expect(await door.closedConnections()).toEqual({});
    socket.destroy();
  });
});

describe('connections beyond the limit', () => {
  test.each([
    ['in all', { maxConnections: 2 }, 'TOO_MANY_CONNECTIONS', /^at most 2 connections at a time; try again/],
    [
      'from one address',
      { maxConnectionsPerAddress: 2 },
      'TOO_MANY_FROM_ADDRESS',
      /^at most 2 connections at a time from one address; share/,
    ],
  ])(
    '%s are told so and closed without a reset, until one has gone',
    async (_what, limits, code, message) => {
      door = await openTestDoor({ limits });
      const first = await knock();
      const second = await knock();
      const third = await knock();
      const errors: Error[] = [];
      third.socket.on('error', (error) => errors.push(error));
      third.socket.write(handshake('good'));
      await third.closed;
      expect(third.kinds()).toEqual(['errorResponse']);
      expect(third.refusal()).toMatchObject({ code, status: Status.ERROR });
      expect(third.refusal()?.errorMessage).toMatch(message);
      expect(errors).toEqual([]);
      expect(await door.closedConnections()).toEqual({ [code.toLowerCase()]: 1 });

      first.socket.destroy();
      await expect
        .poll(async () => {
          const again = await knock();
          again.socket.write(refresh);
          await expect.poll(again.kinds).toHaveLength(1);
          again.socket.destroy();
          return again.kinds()[0];
        })
        .toBe('sessionRefreshResponse');
      second.socket.write(refresh);
      await expect.poll(second.kinds).toEqual(['sessionRefreshResponse']);
      second.socket.destroy();
    },
  );

  test('are cut if they do not go by themselves, and hold nothing up', async () => {
    door = await openTestDoor({ limits: { maxConnections: 0, lingerMs: 200 } });
    const { socket, closed } = await knock();
    const stubborn = await rawConnection(door.port, { allowHalfOpen: true });
    const sending = setInterval(() => stubborn.socket.write('x'), 10);
    await Promise.all([closed, stubborn.closed]);
    clearInterval(sending);
    expect(stubborn.received).toHaveLength(1);
    expect(socket.destroyed).toBe(true);
  });
});

test('a peer that speaks TLS to a plain port is refused, and told so', async () => {
  door = await openTestDoor();
  const secure = connectSecure({ port: door.port, host: '127.0.0.1' });
  const error = await new Promise<Error>((resolve) => secure.once('error', resolve));
  expect(error).toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  expect(await door.closedConnections()).toEqual({ tls_unexpected: 1 });

  const { socket, closed, refusal } = await knock();
  socket.write(Buffer.from('16030100', 'hex'));
  await closed;
  expect(refusal()).toMatchObject({
    code: 'TLS_UNEXPECTED',
    errorMessage: expect.stringMatching(
      /^a TLS handshake came to a port that speaks plain TCP: connect without/,
    ),
  });
});

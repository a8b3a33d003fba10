import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect as connectSecure, type TLSSocket } from 'node:tls';
import { BoomerangClientError, connect, openSession, resumeSession } from '@boomerang/client';
import { decodeEnvelope, encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mountSecret, type SecretMount } from '../../../test-support/certificate-files.js';
import { LIVE_SESSION, openTestDoor, type TestDoor } from '../../../test-support/test-door.js';
import { rawConnection } from '../../../test-support/test-gateway.js';

let secret: SecretMount;
beforeAll(async () => {
  secret = await mountSecret();
});
afterAll(() => secret.remove());

let door: TestDoor;
afterEach(() => door.close());

const refresh = encodeFrame({ sessionId: LIVE_SESSION, sessionRefresh: {} });
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/' } as const;

/** A TLS connection by hand; `secured` rejects if the handshake fails. */
function secureConnection(options: ConnectionOptions & { allowHalfOpen?: boolean } = {}) {
  const address = { port: door.port, host: '127.0.0.1' };
  const socket = connectSecure({ ...address, ca: secret.first.cert, allowHalfOpen: true, ...options });
  const secured = new Promise<TLSSocket>((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket)).once('error', reject);
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, secured, closed };
}

describe('over TLS', () => {
  test('the client opens and resumes sessions and sends what is large', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const tls = { ca: secret.first.cert };
    const connection = await connect({ port: door.port, tls });
    const session = await openSession(connection, { token: 'good', callback });
    expect(await session.setTimeout(Buffer.alloc(1_000_000), 1)).toMatchObject({ taskId: 't' });
    const other = await connect({
      port: door.port,
      host: 'localhost',
      tls: { ...tls, serverName: 'localhost' },
    });
    const resumed = resumeSession(other, LIVE_SESSION);
    const large = Array.from({ length: 20 }, () => resumed.setTimeout(Buffer.alloc(300_000), 1));
    expect(await Promise.all(large)).toHaveLength(20);
    await Promise.all([connection.close(), other.close()]);
    expect(await door.closedConnections()).toEqual({});
  });

  test('a certificate that the client has no reason to trust, or for another name, is refused by it', async () => {
    door = await openTestDoor({ certificate: secret.files });
    await expect(connect({ port: door.port, tls: true })).rejects.toMatchObject({
      code: 'tls_failed',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    const tls = { ca: secret.first.cert, serverName: 'elsewhere.test' };
    await expect(connect({ port: door.port, tls })).rejects.toMatchObject({
      code: 'tls_failed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    door = await openTestDoor({ certificate: secret.files });
    const { secured } = secureConnection({ minVersion: version, maxVersion: version });
    const socket = await secured;
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  test('TLS 1.1 is not', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(secureConnection(old).secured).rejects.toThrow(/protocol version|unsupported protocol/);
    await expect.poll(() => door.closedConnections()).toEqual({ tls_failed: 1 });
  });

  test('a handshake may arrive byte by byte', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const plain = connectPlain({ port: door.port, host: '127.0.0.1', noDelay: true });
    const { Duplex } = await import('node:stream');
    const dripping = new Duplex({
      read: () => undefined,
      async write(chunk: Buffer, _encoding, done) {
        for (const byte of chunk) {
          plain.write(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        done();
      },
    });
    plain.on('data', (chunk) => dripping.push(chunk));
    const socket = connectSecure({ socket: dripping, ca: secret.first.cert, servername: 'localhost' });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    socket.write(refresh);
    const [frame] = new FrameDecoder().push(
      await new Promise<Buffer>((resolve) => socket.once('data', resolve)),
    );
    expect(decodeEnvelope(frame as Buffer).payload).toBe('sessionRefreshResponse');
    socket.destroy();
    plain.destroy();
  });

  test('what was asked before the peer ended its side is still answered', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const { secured, closed } = secureConnection();
    const socket = await secured;
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.end(Buffer.concat([refresh, refresh]));
    await closed;
    expect(new FrameDecoder().push(Buffer.concat(received))).toHaveLength(2);
  });

  test('the time to show a session includes the handshake, and a peer that begins none is cut', async () => {
    door = await openTestDoor({ certificate: secret.files, limits: { sessionMs: 1_500 } });
    const silent = await rawConnection(door.port);
    const halfway = await rawConnection(door.port);
    halfway.socket.write(Buffer.from('160301020001', 'hex'));
    const idle = secureConnection({ allowHalfOpen: false });
    await idle.secured;
    idle.socket.resume();
    await Promise.all([silent.closed, halfway.closed, idle.closed]);
    expect(await door.closedConnections()).toEqual({ no_session: 3 });
  });

  test('a plain client is told so in good order', async () => {
    door = await openTestDoor({ certificate: secret.files });
    const connection = await connect({ port: door.port });
    const opening = openSession(connection, { token: 'good', callback });
    await expect(opening).rejects.toThrow(
      new BoomerangClientError(
        'INVALID_REQUEST',
        'plain bytes came to a port that speaks TLS: connect with TLS 1.2 or later',
      ),
    );
    await connection.close();
    expect(await door.closedConnections()).toEqual({ tls_expected: 1 });
  });

  test('connections beyond the limit are closed before any handshake', async () => {
    door = await openTestDoor({ certificate: secret.files, limits: { maxConnections: 0 } });
    await expect(secureConnection().secured).rejects.toThrow(/disconnected|socket hang up|ECONNRESET/);
    expect(await door.closedConnections()).toEqual({ too_many_connections: 1 });
  });

  test('peers that go in the middle of a handshake are counted and leave nothing behind', async () => {
    door = await openTestDoor({ certificate: secret.files, limits: { maxConnections: 1 } });
    for (const bytes of ['16', '160301020001', '160301000501ffffff00']) {
      const socket = connectPlain({ port: door.port, host: '127.0.0.1' });
      socket.on('error', () => undefined).resume();
      socket.end(Buffer.from(bytes, 'hex'));
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await expect.poll(() => door.closedConnections()).toEqual({ tls_failed: 3 });
    await expect
      .poll(() => secureConnection().secured.then((socket) => socket.destroy().destroyed))
      .toBe(true);
  });

  test('a new certificate holds for new connections, and open ones go on', async () => {
    const mount = await mountSecret();
    door = await openTestDoor({ certificate: mount.files });
    const before = await connect({ port: door.port, tls: { ca: mount.first.cert } });
    const session = await openSession(before, { token: 'good', callback });
    const second = selfSignedCertificate();
    await mount.replace(second);
    const tls = { ca: second.cert };
    const tryConnect = () =>
      connect({ port: door.port, tls }).then((connection) => connection.close(), String);
    await expect.poll(tryConnect, { timeout: 20_000, interval: 500 }).toBeUndefined();
    expect(await session.setTimeout('x', 1)).toMatchObject({ taskId: 't' });
    await before.close();
    await mount.remove();
  });
});

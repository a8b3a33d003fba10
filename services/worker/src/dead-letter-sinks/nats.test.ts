import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsDestination } from '@boomerang/domain';
import {
  BrokerMissingError,
  type BrokerProcess,
  ifAvailable,
  selfSignedCertificate,
  startNats,
  waitFor,
} from '@boomerang/testkit';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../test-support/a-message.js';
import { BrokerCredentials } from './broker-credentials.js';
import { createNatsSink } from './nats.js';
import { MessageRefusedError, type Sink } from './sink.js';

const destination = (port: number, subject: string): NatsDestination => ({
  kind: 'nats',
  host: '127.0.0.1',
  port,
  tls: false,
  subject,
});

describe('a real NATS server', () => {
  let available: BrokerProcess | BrokerMissingError;
  let server: BrokerProcess;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let sink: Sink<NatsDestination>;

  async function open() {
    connection = await connect({ servers: `127.0.0.1:${server.port}` });
    manager = await jetstreamManager(connection);
  }

  beforeAll(async () => {
    available = await ifAvailable(() => startNats(['max_payload: 65536']));
    if (available instanceof BrokerMissingError) return;
    server = available;
    sink = createNatsSink(sinkOptions());
    await open();
    await manager.streams.add({ name: 'dead', subjects: ['dead.>'] });
  });

  beforeEach(({ skip }) => {
    if (available instanceof BrokerMissingError) skip(available.message);
  });

  afterAll(async () => {
    await sink?.close();
    await connection?.close();
    await server?.stop();
  });

  const stored = async () => (await manager.streams.info('dead')).state.messages;

  test('stores a message once, however often it is sent', async () => {
    const message = aMessage();
    await sink.send(destination(server.port, 'dead.orders'), message);
    await sink.send(destination(server.port, 'dead.orders'), message);
    expect(await stored()).toBe(1);
    const last = await manager.streams.getMessage('dead', { last_by_subj: 'dead.orders' });
    expect(last?.header.get('Nats-Msg-Id')).toBe(message.id);
    expect(last?.string()).toBe(message.body.toString());
  });

  test('a subject that no stream takes in acknowledges nothing, whoever listens', async () => {
    const listener = connection.subscribe('elsewhere');
    await connection.flush();
    const failure = await sink.send(destination(server.port, 'nowhere'), aMessage()).catch((error) => error);
    expect(failure).toMatchObject({ message: 'no JetStream stream takes in the subject' });
    const short = createNatsSink(sinkOptions({ timeoutMs: 300 }));
    await expect(short.send(destination(server.port, 'elsewhere'), aMessage())).rejects.toThrow(
      'no acknowledgement within 300 ms',
    );
    await short.close();
    listener.unsubscribe();
  });

  test('a message above max_payload is refused, others go on', async () => {
    const tooLarge = aMessage({ body: Buffer.alloc(65_537) });
    const before = await stored();
    const failure = await sink.send(destination(server.port, 'dead.x'), tooLarge).catch((error) => error);
    expect(failure).toBeInstanceOf(MessageRefusedError);
    expect(failure.message).toBe("65537 bytes are above the server's max_payload, 65536");
    await sink.send(destination(server.port, 'dead.x'), aMessage());
    expect(await stored()).toBe(before + 1);
  });

  test('a server that comes back is used again', async () => {
    const before = await stored();
    await server.kill();
    await expect(sink.send(destination(server.port, 'dead.x'), aMessage())).rejects.toThrow();
    await server.restart();
    await open();
    const sent = () =>
      sink.send(destination(server.port, 'dead.x'), aMessage()).then(
        () => true,
        () => false,
      );
    await waitFor(sent, { message: 'the server to take messages' });
    expect(await stored()).toBe(before + 1);
  });

  test('an address that may not be reached is not dialled', async () => {
    const closed = createNatsSink(sinkOptions({ allow: [] }));
    for (const host of ['127.0.0.1', 'localhost']) {
      const sent = closed.send({ ...destination(server.port, 'dead.x'), host }, aMessage());
      await expect(sent).rejects.toThrow(/not allowed|refused/);
    }
    await closed.close();
  });

  test('tells who it is as the workers are configured to, and never over an unsafe connection where TLS is asked for', async () => {
    const guarded = await startNats(['authorization { user: boomerang, password: "a b" }']);
    const to = destination(guarded.port, 'dead.x');
    const anonymous = createNatsSink(sinkOptions());
    await expect(anonymous.send(to, aMessage())).rejects.toThrow(/authorization violation/i);
    const credentials = new BrokerCredentials([`nats://boomerang:a%20b@127.0.0.1:${guarded.port}`]);
    const known = createNatsSink({ ...sinkOptions(), credentials });
    await expect(known.send(to, aMessage())).rejects.toThrow('no JetStream stream takes in the subject');
    await expect(known.send({ ...to, tls: true }, aMessage())).rejects.toThrow(/tls/i);
    await Promise.all([anonymous.close(), known.close()]);
    await guarded.stop();
  });

  test('a certificate that nobody vouches for is not trusted, and a server that asks for TLS says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'boomerang-nats-tls-'));
    const { cert, key } = selfSignedCertificate();
    await writeFile(join(folder, 'cert.pem'), cert);
    await writeFile(join(folder, 'key.pem'), key);
    const secure = await startNats([
      `tls { cert_file: "${folder}/cert.pem", key_file: "${folder}/key.pem" }`,
    ]);
    const to = { ...destination(secure.port, 'dead.x'), host: 'localhost' };
    await expect(sink.send({ ...to, tls: true }, aMessage())).rejects.toThrow(/self.signed/);
    await expect(sink.send(to, aMessage())).rejects.toThrow('the server asks for TLS: use nats+tls://');
    await secure.stop();
    await rm(folder, { recursive: true });
  });
});

test('servers that a NATS server advertises are not connected to', async () => {
  let inside = 0;
  const insideServer = createServer((socket) => {
    inside++;
    socket.destroy();
  }).listen(0, '127.0.0.2');
  await once(insideServer, 'listening');
  const connect_urls = [`127.0.0.2:${(insideServer.address() as AddressInfo).port}`];
  const info = { server_id: 'x', version: '2.9.10', max_payload: 1_048_576, headers: true, connect_urls };
  const front = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on('data', (chunk) => {
      if (chunk.includes('PING')) socket.write(`PONG\r\nINFO ${JSON.stringify(info)}\r\n`);
      if (!chunk.includes('PUB')) return;
      front.close();
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const sink = createNatsSink(sinkOptions({ allow: ['127.0.0.1', '127.0.0.2'] }));
  const to = destination((front.address() as AddressInfo).port, 'dead.x');
  await expect(sink.send(to, aMessage())).rejects.toThrow();
  await expect(sink.send(to, aMessage())).rejects.toThrow(/refused/);
  expect(inside).toBe(0);
  await sink.close();
  insideServer.close();
});

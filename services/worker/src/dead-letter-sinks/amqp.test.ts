import type { AmqpDestination } from '@boomerang/domain';
import {
  BrokerMissingError,
  type BrokerProcess,
  ifAvailable,
  startRabbitmq,
  waitFor,
} from '@boomerang/testkit';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../test-support/a-message.js';
import { createAmqpSink } from './amqp.js';
import { BrokerCredentials } from './broker-credentials.js';
import type { Sink } from './sink.js';

describe('a real RabbitMQ', { timeout: 120_000 }, () => {
  let available: BrokerProcess | BrokerMissingError;
  let broker: BrokerProcess;
  let connection: ChannelModel;
  let channel: Channel;
  let sink: Sink<AmqpDestination>;

  const to = (exchange: string, routingKey: string): AmqpDestination => ({
    kind: 'amqp',
    host: '127.0.0.1',
    port: broker.port,
    tls: false,
    exchange,
    routingKey,
    vhost: '/',
  });

  async function open() {
    connection = await connect(`amqp://127.0.0.1:${broker.port}`);
    connection.on('error', () => undefined);
    channel = await connection.createChannel();
  }

  beforeAll(async () => {
    available = await ifAvailable(startRabbitmq);
    if (available instanceof BrokerMissingError) return;
    broker = available;
    sink = createAmqpSink(sinkOptions());
    await open();
    await channel.assertExchange('dead', 'direct', { durable: true });
    await channel.assertQueue('orders', { durable: true });
    await channel.bindQueue('orders', 'dead', 'orders');
  }, 120_000);

  beforeEach(({ skip }) => {
    if (available instanceof BrokerMissingError) skip(available.message);
  });

  afterAll(async () => {
    await sink?.close();
    await connection?.close().catch(() => undefined);
    await broker?.stop();
  });

  test.each([
    ['an exchange', 'dead', 'orders'],
    ['the default exchange', '', 'orders'],
  ])('a message to %s is in the queue, persistent and with its id', async (_, exchange, key) => {
    const message = aMessage();
    await sink.send(to(exchange, key), message);
    const got = (await channel.get('orders', { noAck: true })) || undefined;
    expect(got?.content.toString()).toBe(message.body.toString());
    expect(got?.properties).toMatchObject({
      messageId: message.id,
      deliveryMode: 2,
      contentType: 'application/json',
      timestamp: 1_795_305_600,
      appId: 'boomerang',
    });
  });

  test('many at a time, of which some come back: each is told its own', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'nobody' : 'orders'));
    const results = await Promise.allSettled(keys.map((key) => sink.send(to('dead', key), aMessage())));
    expect(results.map(({ status }) => status)).toEqual(
      keys.map((key) => (key === 'nobody' ? 'rejected' : 'fulfilled')),
    );
    expect((await channel.purgeQueue('orders')).messageCount).toBe(30);
  });

  test('what no queue is bound for is not forwarded, until one is', async () => {
    const unroutable = () => sink.send(to('dead', 'later'), aMessage());
    await expect(unroutable()).rejects.toThrow('no queue is bound for the routing key');
    await channel.bindQueue('orders', 'dead', 'later');
    await unroutable();
    expect((await channel.purgeQueue('orders')).messageCount).toBe(1);
  });

  test('an exchange that is not there is named, and stops no other', async () => {
    const missing = sink.send(to('missing', 'x'), aMessage());
    const other = sink.send(to('dead', 'orders'), aMessage());
    await expect(missing).rejects.toThrow(/no exchange 'missing'/);
    await other;
    expect((await channel.purgeQueue('orders')).messageCount).toBe(1);
  });

  test('an address that may not be reached is not dialled, and a wrong login is told', async () => {
    const closed = createAmqpSink(sinkOptions({ allow: [] }));
    for (const host of ['127.0.0.1', 'localhost']) {
      const sent = closed.send({ ...to('dead', 'orders'), host }, aMessage());
      await expect(sent).rejects.toThrow(/not allowed|refused/);
    }
    await closed.close();
    const credentials = new BrokerCredentials([`amqp://nobody:x@127.0.0.1:${broker.port}`]);
    const unknown = createAmqpSink({ ...sinkOptions(), credentials });
    await expect(unknown.send(to('dead', 'orders'), aMessage())).rejects.toThrow(/ACCESS.REFUSED/i);
    await unknown.close();
  });

  test('a broker that comes back is used again, and has what it had confirmed', async () => {
    await sink.send(to('dead', 'orders'), aMessage());
    await broker.kill();
    await expect(sink.send(to('dead', 'orders'), aMessage())).rejects.toThrow();
    await broker.restart();
    await open();
    const sent = () =>
      sink.send(to('dead', 'orders'), aMessage()).then(
        () => true,
        () => false,
      );
    await waitFor(sent, { message: 'the broker to take messages', timeoutMs: 30_000 });
    expect((await channel.purgeQueue('orders')).messageCount).toBe(2);
  });
});

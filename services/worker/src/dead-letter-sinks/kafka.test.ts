import type { KafkaDestination } from '@boomerang/domain';
import { BrokerMissingError, type BrokerProcess, ifAvailable, startKafka } from '@boomerang/testkit';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../test-support/a-message.js';
import { createKafkaSink } from './kafka.js';
import { MessageRefusedError, type Sink } from './sink.js';

describe('a real Kafka', { timeout: 120_000 }, () => {
  let available: BrokerProcess | BrokerMissingError;
  let broker: BrokerProcess;
  let client: Kafka;
  let sink: Sink<KafkaDestination>;

  const to = (topic: string): KafkaDestination => ({
    kind: 'kafka',
    host: '127.0.0.1',
    port: broker.port,
    tls: false,
    topic,
  });

  beforeAll(async () => {
    available = await ifAvailable(startKafka, { optional: true });
    if (available instanceof BrokerMissingError) return;
    broker = available;
    client = new Kafka({ brokers: [`127.0.0.1:${broker.port}`], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'dead', numPartitions: 2 }], waitForLeaders: true });
    await admin.disconnect();
    sink = createKafkaSink(sinkOptions());
  }, 240_000);

  beforeEach(({ skip }) => {
    if (available instanceof BrokerMissingError) skip(available.message);
  });

  afterAll(async () => {
    await sink?.close();
    await broker?.stop();
  });

  async function firstMessage(): Promise<KafkaMessage> {
    const consumer = client.consumer({ groupId: 'test' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'dead', fromBeginning: true });
    const message = await new Promise<KafkaMessage>((resolve, reject) => {
      consumer.run({ eachMessage: async (one) => resolve(one.message) }).catch(reject);
    });
    await consumer.disconnect();
    return message;
  }

  test('a message is in the topic under its task, with its id', async () => {
    const message = aMessage();
    await sink.send(to('dead'), message);
    const got = await firstMessage();
    expect(got.key?.toString()).toBe('task');
    expect(got.value?.toString()).toBe(message.body.toString());
    expect(got.headers?.['boomerang-dead-letter-id']?.toString()).toBe(message.id);
  });

  test('a topic that is not there fails and is not made', async () => {
    for (let i = 0; i < 2; i++) {
      await expect(sink.send(to('missing'), aMessage())).rejects.toThrow(/does not host this topic/);
    }
  });

  test('a message that is too large is refused, others go on', async () => {
    const failure = await sink
      .send(to('dead'), aMessage({ body: Buffer.alloc(2_000_000) }))
      .catch((error) => error);
    expect(failure).toBeInstanceOf(MessageRefusedError);
    await sink.send(to('dead'), aMessage());
  });

  test('brokers that it names are dialled only where that is allowed', async () => {
    for (const allow of [[], ['127.0.0.1']]) {
      const closed = createKafkaSink(sinkOptions({ allow }));
      await expect(closed.send(to('dead'), aMessage())).rejects.toThrow(/not allowed|refused/);
      await closed.close();
    }
  });
});

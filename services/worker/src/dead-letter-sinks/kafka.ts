import type { Socket } from 'node:net';
import type { KafkaDestination } from '@boomerang/domain';
import type { ISocketFactory, Producer } from 'kafkajs';
import { BrokerConnections } from './broker-connections.js';
import { guardedConnect } from './guarded-connect.js';
import { type Message, MessageRefusedError, type Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';

/** Every in-sync replica has to acknowledge. */
const ALL_ACKNOWLEDGE = -1;

/**
 * Sends to a topic that has to exist; the acknowledgement of all in-sync replicas counts. The destination's host names
 * the brokers of its cluster; they are connected through the address guard as well.
 */
export function createKafkaSink(options: SinkOptions): Sink<KafkaDestination> {
  const connections = new BrokerConnections<KafkaDestination, Producer>(options.callbackTimeoutMs, {
    open: (destination, gone) => openProducer(destination, options, gone),
    close: (producer) => producer.disconnect(),
  });
  return {
    send: (destination, message) =>
      connections.use(destination, message.clientId, (producer) =>
        send(producer, destination.topic, message),
      ),
    close: () => connections.close(),
  };
}

async function openProducer(
  destination: KafkaDestination,
  { guard, credentials, callbackConnectTimeoutMs, callbackTimeoutMs }: SinkOptions,
  gone: () => void,
): Promise<Producer> {
  const { Kafka, logLevel, Partitioners } = await import('kafkajs');
  const { host, port, tls } = destination;
  const login = credentials.of(destination);
  const socketFactory: ISocketFactory = (target): Socket =>
    guardedConnect(guard, { host: target.host, port: target.port, tls }, target.onConnect);
  const kafka = new Kafka({
    clientId: 'boomerang',
    brokers: [host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`],
    ssl: tls,
    socketFactory,
    connectionTimeout: callbackConnectTimeoutMs,
    requestTimeout: callbackTimeoutMs,
    // The forwarder retries, on a new connection that asks again which broker leads the topic.
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    ...(login && { sasl: { mechanism: 'plain', username: login.user, password: login.password } }),
  });
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner });
  producer.on('producer.disconnect', gone);
  await producer.connect();
  return producer;
}

async function send(producer: Producer, topic: string, { id, taskId, body }: Message): Promise<void> {
  const headers = { 'boomerang-dead-letter-id': id, 'content-type': 'application/json' };
  try {
    await producer.send({
      topic,
      acks: ALL_ACKNOWLEDGE,
      messages: [{ key: taskId, value: body, headers }],
    });
  } catch (error) {
    if (typesOf(error).includes('MESSAGE_TOO_LARGE')) {
      throw new MessageRefusedError((error as Error).message, { cause: error });
    }
    throw error;
  }
}

/** Kafka's names of an error and of its causes. */
function typesOf(error: unknown): unknown[] {
  const { type, cause } = (error ?? {}) as { type?: unknown; cause?: unknown };
  return cause === undefined ? [type] : [type, ...typesOf(cause)];
}

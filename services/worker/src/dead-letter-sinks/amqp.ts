import type { Socket } from 'node:net';
import type { AmqpDestination } from '@boomerang/domain';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { BrokerConnections } from './broker-connections.js';
import { refusalOf, serverName } from './guarded-connect.js';
import type { Message, Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';

/** Heartbeat, s. A connection on which the broker is silent for about twice this is closed. */
const HEARTBEAT_S = 10;

interface Publisher {
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
  /** Ids of messages that the broker returned as not routable. It returns a message before it confirms it. */
  readonly returned: Set<string>;
  /** Why the broker closed the channel. */
  failure?: Error;
}

/**
 * Publishes persistent messages to an exchange; the broker's confirmation counts, unless the message came back because no
 * queue is bound for its key.
 */
export function createAmqpSink(options: SinkOptions): Sink<AmqpDestination> {
  const connections = new BrokerConnections<AmqpDestination, Publisher>(options.callbackTimeoutMs, {
    open: (destination, gone) => openPublisher(destination, options, gone),
    close: ({ connection }) => connection.close(),
  });
  return {
    send: (destination, message) =>
      connections.use(destination, message.clientId, (publisher) => publish(publisher, destination, message)),
    close: () => connections.close(),
  };
}

async function openPublisher(
  destination: AmqpDestination,
  { guard, credentials, callbackConnectTimeoutMs }: SinkOptions,
  gone: () => void,
): Promise<Publisher> {
  const { connect } = await import('amqplib');
  const { host, port, tls, vhost } = destination;
  guard.checkLiteral(host, port);
  const login = credentials.of(destination);
  const connection = await connect(
    {
      protocol: tls ? 'amqps' : 'amqp',
      hostname: host,
      port,
      vhost: encodeURIComponent(vhost),
      heartbeat: HEARTBEAT_S,
      ...(login && { username: login.user, password: login.password }),
    },
    { timeout: callbackConnectTimeoutMs, noDelay: true, lookup: guard.lookupFor(port), ...serverName(host) },
  );
  // The error that closes the channel also rejects every publication on it.
  connection.on('error', () => undefined);
  connection.on('close', gone);
  const { stream } = connection.connection as unknown as { stream: Socket };
  const refused = refusalOf(guard, destination, stream);
  if (refused) {
    void connection.close().catch(() => undefined);
    throw refused;
  }
  const channel = await connection.createConfirmChannel();
  const publisher: Publisher = { connection, channel, returned: new Set() };
  channel.on('return', ({ properties }) => publisher.returned.add(properties.messageId));
  channel.on('error', (error) => {
    publisher.failure = error;
  });
  channel.on('close', gone);
  return publisher;
}

function publish(
  publisher: Publisher,
  { exchange, routingKey }: AmqpDestination,
  { id, body, deadLetteredAtMs }: Message,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {
      mandatory: true,
      persistent: true,
      contentType: 'application/json',
      messageId: id,
      timestamp: Math.floor(deadLetteredAtMs / 1_000),
      appId: 'boomerang',
    };
    publisher.channel.publish(exchange, routingKey, body, options, (error) => {
      if (error) reject(publisher.failure ?? error);
      else if (publisher.returned.delete(id)) reject(new Error('no queue is bound for the routing key'));
      else resolve();
    });
  });
}

import type { NatsDestination } from '@boomerang/domain';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { BrokerConnections } from './broker-connections.js';
import { guardedAddresses, serverName } from './guarded-connect.js';
import { MessageRefusedError, type Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';

interface Publisher {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
}

/**
 * Publishes to a subject that a JetStream stream captures; the stream's acknowledgement counts. Without a stream nobody
 * acknowledges a message, so dead letters wait until there is one. Addresses that the server advertises are not used.
 */
export function createNatsSink(options: SinkOptions): Sink<NatsDestination> {
  const connections = new BrokerConnections<NatsDestination, Publisher>(options.callbackTimeoutMs, {
    open: (destination, gone) => openPublisher(destination, options, gone),
    close: ({ connection }) => connection.close(),
  });
  return {
    send: (destination, { id, clientId, body }) =>
      connections.use(destination, clientId, async ({ connection, stream }) => {
        const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
        if (body.length > most) {
          throw new MessageRefusedError(`${body.length} bytes are above the server's max_payload, ${most}`);
        }
        await publish(stream, destination.subject, id, body);
      }),
    close: () => connections.close(),
  };
}

async function publish(stream: JetStreamClient, subject: string, id: string, body: Buffer): Promise<void> {
  try {
    await stream.publish(subject, body, { msgID: id });
  } catch (error) {
    if ((error as Error).name !== 'JetStreamNotEnabled') throw error;
    throw new Error('no JetStream stream takes in the subject', { cause: error });
  }
}

async function openPublisher(
  destination: NatsDestination,
  { guard, credentials, callbackConnectTimeoutMs, callbackTimeoutMs }: SinkOptions,
  gone: () => void,
): Promise<Publisher> {
  const { connect } = await import('@nats-io/transport-node');
  const { jetstream } = await import('@nats-io/jetstream');
  const { host, port, tls } = destination;
  const addresses = await guardedAddresses(guard, host, port);
  const login = credentials.of(destination);
  const connection = await connect({
    servers: addresses.map((address) =>
      address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    ),
    name: 'boomerang',
    reconnect: false,
    ignoreClusterUpdates: true,
    noRandomize: true,
    timeout: callbackConnectTimeoutMs,
    // The library's type of `tls` lacks options that it passes on to node:tls.
    tls: tls ? (serverName(host) as Required<NodeConnectionOptions>['tls']) : null,
    ...(login && (login.password ? { user: login.user, pass: login.password } : { token: login.user })),
  }).catch((error: unknown) => {
    // Told to use no TLS, the library throws a TypeError when the server requires it.
    const tripped = !tls && error instanceof Error && error.cause instanceof TypeError;
    if (tripped) throw new Error('the server asks for TLS: use nats+tls://', { cause: error });
    throw error;
  });
  void connection.closed().then(gone);
  return { connection, stream: jetstream(connection, { timeout: callbackTimeoutMs }) };
}

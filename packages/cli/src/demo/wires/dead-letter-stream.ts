import { startNatsServer } from '@boomerang/redis-server';
import type { Resources } from '@boomerang/runtime';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { OnForwarded } from './forwarded.js';

const STREAM = 'dead-letters';

/**
 * Starts a NATS server with a stream for dead letters and reads the stream. Returns the destination.
 *
 * @throws NatsServerMissingError where there is no server to be had.
 */
export async function openDeadLetterStream(onForwarded: OnForwarded, resources: Resources): Promise<string> {
  const server = await startNatsServer();
  resources.defer('NATS', () => server.stop());
  const connection = await connect({ servers: `127.0.0.1:${server.port}` });
  resources.defer('connection to NATS', () => connection.close());
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: STREAM, subjects: ['dead.>'] });
  const consumer = await jetstream(connection).consumers.get(STREAM);
  await consumer.consume({
    callback(message) {
      const { task_id } = message.json<{ task_id: string }>();
      const deadLetterId = message.headers?.get('Nats-Msg-Id') ?? '';
      onForwarded({ destination: 'NATS', deadLetterId, taskId: task_id });
    },
  });
  return `nats://127.0.0.1:${server.port}/dead.orders`;
}

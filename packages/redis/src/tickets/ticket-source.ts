import type { Ticket, TicketConsumer, TicketFlow, TicketSource } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import type { Engine } from '../engine/engine.js';
import { TicketIntake } from './ticket-intake.js';

/**
 * Tickets of all partitions from BullMQ.
 *
 * @param connect opens a patient connection, which this closes.
 * @param onError hears what BullMQ reports besides a ticket's outcome, such as a lost connection.
 */
export function createTicketSource(
  { connection, partitions }: Pick<Engine, 'connection' | 'partitions'>,
  connect: () => Promise<RedisConnection>,
  onError: (error: Error) => void,
): TicketSource {
  return {
    async consume(handle: (ticket: Ticket) => Promise<void>): Promise<TicketConsumer> {
      const redis = await connect();
      const intakes = partitions.map((keys, partition) => {
        return new TicketIntake({ partition, keys, connection, redis, connect, handle, onError });
      });
      await Promise.all(intakes.map((intake) => intake.start()));
      const intakeOf = (partition: number) => intakes[partition] as TicketIntake;
      return {
        flow: (partition): Promise<TicketFlow> => intakeOf(partition).flow(),
        renew: (partition) => intakeOf(partition).renew(),
        async close() {
          await Promise.all(intakes.map((intake) => intake.close()));
          redis.disconnect();
        },
      };
    },
  };
}

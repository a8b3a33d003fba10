import type { Ticket, TicketQueue } from '@boomerang/domain';
import { Queue } from 'bullmq';
import type { RedisConnection } from './connection.js';
import { type PartitionKeys, TICKET_QUEUE } from './keys.js';

/** What a ticket's job carries. */
export interface TicketData {
  readonly sliceStartMs: number;
  readonly generation: string;
}

/**
 * Tickets as delayed BullMQ jobs, one queue per partition. The job id is slice and generation.
 *
 * @param onError hears what BullMQ reports besides a failed `issue`, such as a lost connection.
 */
export function createTicketQueue(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
  onError: (error: Error) => void,
): TicketQueue & { close(): Promise<void> } {
  const queues = partitions.map(
    ({ queuePrefix }) => new Queue<TicketData>(TICKET_QUEUE, { connection: redis, prefix: queuePrefix }),
  );
  for (const queue of queues) queue.on('error', onError);
  return {
    async issue(partition, tickets) {
      const queue = queues[partition] as Queue<TicketData>;
      await queue.addBulk(tickets.map(({ ticket, delayMs }) => job(ticket, delayMs)));
    },

    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

function job({ sliceStartMs, generation }: Ticket, delayMs: number) {
  return {
    name: 'slice',
    data: { sliceStartMs, generation },
    opts: {
      jobId: `slice-${sliceStartMs}-${generation}`,
      delay: Math.max(0, Math.round(delayMs)),
      attempts: 1,
      stackTraceLimit: 0,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

import type { Ticket, TicketQueue } from '@boomerang/domain';
import { Queue } from 'bullmq';
import type { Engine } from '../engine/engine.js';
import { TICKET_QUEUE } from '../partitions/keys.js';

/** Of what a ticket's job carries. Jobs without one are of version 1. */
export const TICKET_VERSION = 1;

/** What a ticket's job carries. */
export interface TicketData {
  readonly version?: number;
  readonly sliceStartMs: number;
  readonly generation: string;
}

/**
 * Tickets as delayed BullMQ jobs, one queue per partition. The job id is slice and generation. Delays count by the
 * partition's clock, for this host's may be wrong.
 *
 * @param onError hears what BullMQ reports besides a failed `issue`, such as a lost connection.
 */
export function createTicketQueue(
  { connection, partitions, clocks }: Engine,
  onError: (error: Error) => void,
): TicketQueue & { close(): Promise<void> } {
  const queues = partitions.map(
    ({ queuePrefix }) => new Queue<TicketData>(TICKET_QUEUE, { connection, prefix: queuePrefix }),
  );
  for (const queue of queues) queue.on('error', onError);
  return {
    async issue(partition, tickets) {
      const queue = queues[partition] as Queue<TicketData>;
      const now = clocks[partition]?.now() ?? Number.NaN;
      await queue.addBulk(tickets.map(({ ticket, delayMs }) => job(ticket, delayMs, now)));
    },

    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

/** @param now NaN before the first reading of the clock: then this host's counts. */
function job({ sliceStartMs, generation }: Ticket, delayMs: number, now: number) {
  return {
    name: 'slice',
    data: { version: TICKET_VERSION, sliceStartMs, generation },
    opts: {
      jobId: `slice-${sliceStartMs}-${generation}`,
      delay: Math.max(0, Math.round(delayMs)),
      ...(Number.isNaN(now) ? {} : { timestamp: Math.floor(now) }),
      attempts: 1,
      stackTraceLimit: 0,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

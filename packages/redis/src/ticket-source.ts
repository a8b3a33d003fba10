import type { Ticket, TicketConsumer, TicketSource } from '@boomerang/domain';
import { type Job, Worker } from 'bullmq';
import type { RedisConnection } from './connection.js';
import { type PartitionKeys, TICKET_QUEUE } from './keys.js';
import type { TicketData } from './ticket-queue.js';

/** Another worker may take a ticket whose holder was silent for this long. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_500;
/** A worker that was not told of a ticket finds it after this, s. */
const LOOK_AGAIN_S = 1;
/** Tickets that one worker may hold per partition: they wait more than they work. */
const CONCURRENCY = 16;

/** @param onError hears what BullMQ reports besides a ticket's outcome, such as a lost connection. */
export function createTicketSource(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
  onError: (error: Error) => void,
): TicketSource {
  return {
    async consume(handle): Promise<TicketConsumer> {
      const workers = partitions.map((keys, partition) => createWorker(redis, keys, partition, handle));
      for (const worker of workers) worker.on('error', onError);
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
      return {
        async close() {
          await Promise.all(workers.map((worker) => worker.close()));
        },
      };
    },
  };
}

function createWorker(
  redis: RedisConnection,
  keys: PartitionKeys,
  partition: number,
  handle: (ticket: Ticket) => Promise<void>,
): Worker<TicketData> {
  const process = (job: Job<TicketData>) => handle({ partition, ...job.data });
  return new Worker<TicketData>(TICKET_QUEUE, process, {
    connection: redis,
    prefix: keys.queuePrefix,
    concurrency: CONCURRENCY,
    drainDelay: LOOK_AGAIN_S,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
}

import { describeDestination } from '@boomerang/domain';
import type { Logger } from '@boomerang/runtime';
import type { ForwardLog } from './dead-letter-sinks/forwarder.js';
import { atMostEvery } from './log-pace.js';

/** Every message of the worker. */
export interface WorkerLog extends ForwardLog {
  ready(ports: { http: number }): void;
  claimFailed(partition: number, err: unknown): void;
  settleFailed(partition: number, attempts: number, err: unknown): void;
  renewFailed(partition: number, leases: number, err: unknown): void;
  settledTooLate(taskId: string, occurrence: number, attempt: number): void;
  deadLettered(taskId: string, occurrence: number, attempts: number, error: string): void;
  handOnFailed(err: unknown): void;
  ticketQueueError(err: Error): void;
  redisError(err: Error): void;
}

/** A sink that is down fails with every try: one line in this time tells it, ms. */
const FORWARD_LINE_EVERY_MS = 5_000;

export function createWorkerLog(logger: Logger): WorkerLog {
  const forwardPace = atMostEvery(FORWARD_LINE_EVERY_MS);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    claimFailed: (partition, err) => logger.warn({ partition, err }, 'claim failed; trying again'),
    settleFailed: (partition, attempts, err) =>
      logger.warn({ partition, attempts, err }, 'outcomes could not be recorded; trying again'),
    renewFailed: (partition, leases, err) =>
      logger.warn({ partition, leases, err }, 'leases could not be renewed'),
    settledTooLate: (taskId, occurrence, attempt) =>
      logger.info(
        { taskId, occurrence, attempt },
        'outcome ignored: cancelled meanwhile, or the lease was lost',
      ),
    deadLettered: (taskId, occurrence, attempts, error) =>
      logger.warn({ taskId, occurrence, attempts, error }, 'dead-lettered'),
    forwardFailed: (destination, err) =>
      forwardPace((unsaid) =>
        logger.warn(
          { destination: describeDestination(destination), err, unsaid },
          'dead letter not forwarded; trying again',
        ),
      ),
    forwardingFailed: (err) =>
      forwardPace((unsaid) =>
        logger.warn({ err, unsaid }, 'forwarding of dead letters failed; trying again'),
      ),
    handOnFailed: (err) =>
      logger.warn({ err }, 'tickets not handed on; a scheduler will find what is overdue'),
    ticketQueueError: (err) => logger.warn({ err }, 'ticket queue error'),
    redisError: (err) => logger.warn({ err }, 'redis connection error'),
  };
}

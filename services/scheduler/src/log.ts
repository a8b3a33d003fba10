import type { Logger } from '@boomerang/runtime';

/** Every message of the scheduler. */
export interface SchedulerLog {
  ready(ports: { http: number }): void;
  lookFailed(partition: number, err: unknown): void;
  issueFailed(partition: number, tickets: number, err: unknown): void;
  recovered(partition: number, attempts: number): void;
  ticketQueueError(err: Error): void;
  redisError(err: Error): void;
}

export function createSchedulerLog(logger: Logger): SchedulerLog {
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    lookFailed: (partition, err) => logger.warn({ partition, err }, 'look ahead failed; trying again'),
    issueFailed: (partition, tickets, err) =>
      logger.warn({ partition, tickets, err }, 'tickets could not be issued; trying again'),
    recovered: (partition, attempts) =>
      logger.warn({ partition, attempts }, 'lost attempts put back: their leases had ended'),
    ticketQueueError: (err) => logger.warn({ err }, 'ticket queue error'),
    redisError: (err) => logger.warn({ err }, 'redis connection error'),
  };
}

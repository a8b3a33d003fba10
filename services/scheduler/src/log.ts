import { createSparingWarn, type Logger } from '@boomerang/runtime';

/** Every message of the scheduler. */
export interface SchedulerLog {
  ready(ports: { http: number }): void;
  lookFailed(partition: number, err: unknown): void;
  issueFailed(partition: number, tickets: number, err: unknown): void;
  sweepFailed(partition: number, err: unknown): void;
  timesNotAdded(partition: number, err: unknown): void;
  dependantsNotTold(partition: number, err: unknown): void;
  calendarUnreadable(taskId: string, err: unknown): void;
  recovered(partition: number, attempts: number): void;
  ticketQueueError(err: Error): void;
  summaryNotWritten(err: unknown): void;
  redisError(err: Error): void;
  redisWarning(problem: string): void;
}

export function createSchedulerLog(logger: Logger): SchedulerLog {
  const warn = createSparingWarn(logger);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    lookFailed: (partition, err) => warn('look ahead failed; trying again', err, { partition }),
    issueFailed: (partition, tickets, err) =>
      warn('tickets could not be issued; trying again', err, { partition, tickets }),
    sweepFailed: (partition, err) => warn('names could not be checked; trying again', err, { partition }),
    timesNotAdded: (partition, err) =>
      warn('times of next occurrences not added; trying again', err, { partition }),
    dependantsNotTold: (partition, err) =>
      warn('tasks not told of others that they wait for; trying again', err, { partition }),
    calendarUnreadable: (taskId, err) =>
      warn('a calendar can not be read; its task waits for a scheduler that can', err, { taskId }),
    recovered: (partition, attempts) =>
      logger.warn({ partition, attempts }, 'lost attempts put back: their leases had ended'),
    ticketQueueError: (err) => warn('ticket queue error', err),
    summaryNotWritten: (err) => warn('summary of a second could not be written', err),
    redisError: (err) => warn('redis connection error', err),
    redisWarning: (problem) => logger.warn(problem),
  };
}

import { describeDestination, type TicketFlow } from '@boomerang/domain';
import { createSparingWarn, type Logger } from '@boomerang/runtime';
import type { ForwardLog } from './dead-letter-sinks/send-batch.js';
import type { ClientOrigin } from './endpoints/endpoint-limits.js';

/** Every message of the worker. */
export interface WorkerLog extends ForwardLog {
  ready(ports: { http: number }): void;
  claimFailed(partition: number, err: unknown): void;
  settleFailed(partition: number, attempts: number, err: unknown): void;
  renewFailed(partition: number, leases: number, err: unknown): void;
  settledTooLate(taskId: string, occurrence: number, attempt: number): void;
  deadLettered(taskId: string, occurrence: number, attempts: number, error: string): void;
  /** Paths are left out: they may be secrets. */
  breakerOpened(at: ClientOrigin): void;
  breakerClosed(at: ClientOrigin): void;
  signingKeysUnknown(clientId: string, err: unknown): void;
  starved(error: string): void;
  ownCertificateRefused(err: Error): void;
  unreadable(taskId: string, err: Error): void;
  handOnFailed(err: unknown): void;
  timesNotAdded(partition: number, err: unknown): void;
  /** No worker had claimed what was due, so this one drains it without a ticket. */
  neglected(partition: number, overdueMs: number, flow: TicketFlow): void;
  renewed(partition: number): void;
  renewalFailed(partition: number, err: unknown): void;
  checkFailed(partition: number, err: unknown): void;
  ticketQueueError(err: Error): void;
  summaryNotWritten(err: unknown): void;
  redisError(err: Error): void;
  redisWarning(problem: string): void;
}

export function createWorkerLog(logger: Logger): WorkerLog {
  const warn = createSparingWarn(logger);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    claimFailed: (partition, err) => warn('claim failed; trying again', err, { partition }),
    settleFailed: (partition, attempts, err) =>
      warn('outcomes could not be recorded; trying again', err, { partition, attempts }),
    renewFailed: (partition, leases, err) => warn('leases could not be renewed', err, { partition, leases }),
    settledTooLate: (taskId, occurrence, attempt) =>
      logger.info(
        { taskId, occurrence, attempt },
        'outcome ignored: cancelled meanwhile, or the lease was lost',
      ),
    deadLettered: (taskId, occurrence, attempts, error) =>
      logger.warn({ taskId, occurrence, attempts, error }, 'dead-lettered'),
    signingKeysUnknown: (clientId, err) =>
      logger.error({ clientId, err }, 'signing secrets could not be read or opened; nothing goes unsigned'),
    forwardFailed: (destination, err) =>
      warn('dead letter not forwarded; trying again', err, { destination: describeDestination(destination) }),
    forwardingFailed: (err) => warn('forwarding of dead letters failed; trying again', err),
    breakerOpened: ({ clientId, origin }) =>
      logger.warn(
        { clientId, origin },
        'an endpoint of the client keeps failing; what is due for it is held back',
      ),
    breakerClosed: ({ clientId, origin }) =>
      logger.info({ clientId, origin }, 'the endpoint is tried as usual again'),
    ownCertificateRefused: (err) =>
      logger.error({ err }, 'certificate for receivers not replaced: the one before stays in use'),
    starved: (error) =>
      warn(
        'nothing to call back with: no socket, or headers that do not open; trying again',
        new Error(error),
      ),
    unreadable: (taskId, err) => warn('occurrence given back: this release can not read it', err, { taskId }),
    timesNotAdded: (partition, err) =>
      warn('times of next occurrences not added; schedulers will', err, { partition }),
    handOnFailed: (err) =>
      logger.warn({ err }, 'tickets not handed on; a scheduler will find what is overdue'),
    neglected: (partition, overdueMs, flow) =>
      logger.info({ partition, overdueMs, flow }, 'drains without a ticket what nobody had claimed'),
    renewed: (partition) =>
      logger.warn({ partition }, 'tickets waited and none was taken: consuming them anew'),
    renewalFailed: (partition, err) => warn('tickets could not be consumed anew', err, { partition }),
    checkFailed: (partition, err) =>
      warn('could not see whether anything is neglected; trying again', err, { partition }),
    ticketQueueError: (err) => warn('ticket queue error', err),
    summaryNotWritten: (err) => warn('summary of a second could not be written', err),
    redisError: (err) => warn('redis connection error', err),
    redisWarning: (problem) => logger.warn(problem),
  };
}

import { createSparingWarn, type Logger } from '@boomerang/runtime';

/** Every message of the daemon. */
export interface DaemonLog {
  ready(ports: { grpc: number; http: number }): void;
  /** A run of an earlier daemon was found again. */
  recovered(id: string, runId: string): void;
  ended(id: string, status: string, error: string): void;
  refused(what: string, error: string): void;
  apiUp(): void;
  /** The API isn't reached, or refuses. */
  apiError(err: Error): void;
  /** The API will never take a report. */
  reportRefused(type: string, error: string): void;
  /** A file of the spool was cut or damaged. */
  spoolDamaged(file: string): void;
  spoolFull(err: Error): void;
  internalError(operation: string, err: unknown): void;
}

export function createDaemonLog(logger: Logger): DaemonLog {
  const warn = createSparingWarn(logger);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    recovered: (id, runId) => logger.info({ id, runId }, 'a run of an earlier daemon was found again'),
    ended: (id, status, error) => logger.info({ id, status, error }, 'a run has ended'),
    refused: (what, error) => logger.info({ what, error }, 'refused'),
    apiUp: () => logger.info('connected with the API'),
    apiError: (err) => warn('no stream with the API', err),
    reportRefused: (type, error) => logger.error({ type, error }, 'the API refuses a report for good'),
    spoolDamaged: (file) => logger.error({ file }, 'a file of the spool was damaged: reports may be lost'),
    spoolFull: (err) => warn('the disk takes no reports', err),
    internalError: (operation, err) => warn('internal error', err, { operation }),
  };
}

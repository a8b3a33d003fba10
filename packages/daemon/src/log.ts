import { createSparingWarn, type Logger } from '@boomerang/runtime';

/** Every message of the daemon. */
export interface DaemonLog {
  ready(ports: { grpc: number; http: number }): void;
  /** A run of an earlier daemon was found again. */
  recovered(id: string, runId: string): void;
  ended(id: string, status: string, error: string): void;
  refused(what: string, error: string): void;
  internalError(operation: string, err: unknown): void;
}

export function createDaemonLog(logger: Logger): DaemonLog {
  const warn = createSparingWarn(logger);
  return {
    ready: (ports) => logger.info(ports, 'ready'),
    recovered: (id, runId) => logger.info({ id, runId }, 'a run of an earlier daemon was found again'),
    ended: (id, status, error) => logger.info({ id, status, error }, 'a run has ended'),
    refused: (what, error) => logger.info({ what, error }, 'refused'),
    internalError: (operation, err) => warn('internal error', err, { operation }),
  };
}

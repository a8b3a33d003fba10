import type { Logger } from 'pino';
import { logConsole } from './secrets/log-console.js';
import type { Redact } from './secrets/redact-text.js';
import { explainStartFailure, isOperational } from './start-failure.js';

export interface Closable {
  close(): Promise<void>;
}

export interface ServiceOptions {
  name: string;
  logger: Logger;
  /** Hides secrets in what is written to standard error. */
  redact: Redact;
  /** Acquires and wires everything. The signal is aborted as soon as the process is asked to stop. */
  start(shutdown: AbortSignal): Promise<Closable>;
  /** How long `close()` may take after the signal, ms. */
  drainMs: number;
}

/**
 * When npm runs a process, Ctrl-C reaches it twice: once from the terminal and once from npm. A signal that is repeated
 * within this time counts once, ms.
 */
const REPEATED_SIGNAL_MS = 500;

/**
 * Runs a service for the life of its process:
 *
 * - *starting*: a failure prints one line on stderr and exits with 1
 * - *running*: SIGTERM, SIGINT or SIGHUP begins the drain. SIGHUP is sent when the terminal is gone
 * - *draining*: `close()` is called once. The process exits with 0 when `close()` is done. It exits with 1 when `close()`
 *   fails, when `drainMs` are over, or when the same signal comes again. Another signal changes nothing: on a terminal
 *   SIGINT reaches the services first, and then the program that started them sends SIGTERM.
 *
 * An uncaught error is logged as fatal and ends the process with code 1 in every state.
 */
export async function runService({ name, logger, redact, start, drainMs }: ServiceOptions): Promise<void> {
  logConsole(logger);
  process.stderr.on('error', () => undefined);
  exitOnUncaught(logger);
  const shutdown = exitOnSecondSignal(logger, drainMs);
  try {
    const service = await start(shutdown);
    logger.info('started');
    await aborted(shutdown);
    await close(service, logger);
  } catch (error) {
    if (shutdown.aborted) process.exit(0);
    if (!isOperational(error)) logger.fatal({ err: error }, 'cannot start');
    process.stderr.write(`${redact(explainStartFailure(name, error))}\n`);
    process.exit(1);
  }
}

async function close(service: Closable, logger: Logger): Promise<never> {
  try {
    await service.close();
  } catch (err) {
    logger.error({ err }, 'stopped, but not cleanly');
    process.exit(1);
  }
  logger.info('stopped');
  process.exit(0);
}

/** The returned signal is aborted by the first SIGTERM, SIGINT or SIGHUP. The deadline of the drain starts then. */
function exitOnSecondSignal(logger: Logger, drainMs: number): AbortSignal {
  const shutdown = new AbortController();
  const lastSeen = new Map<NodeJS.Signals, number>();
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    const before = lastSeen.get(signal);
    lastSeen.set(signal, before ?? now);
    if (!shutdown.signal.aborted) {
      logger.info({ signal, drainMs }, 'stopping');
      exitAfter(drainMs, logger);
      shutdown.abort(signal);
    } else if (before !== undefined && now - before > REPEATED_SIGNAL_MS) {
      logger.warn({ signal }, 'stopped at once by a second signal');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  return shutdown.signal;
}

function exitAfter(drainMs: number, logger: Logger): void {
  setTimeout(() => {
    logger.error({ drainMs }, 'not drained in time');
    process.exit(1);
  }, drainMs);
}

function exitOnUncaught(logger: Logger): void {
  const onUncaught = (reason: unknown) => {
    const err = reason instanceof Error ? reason : new Error(String(reason));
    try {
      logger.fatal({ err }, 'uncaught error');
    } finally {
      process.exit(1);
    }
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from './secrets/describe-error.js';
import { type Redact, redactText } from './secrets/redact-text.js';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  service: string;
  /** Default `info`. */
  level?: LogLevel;
  /** Hides secrets in each line. Default: secrets that are recognized by their form. */
  redact?: Redact;
  /** Default: standard output, written at once, so that nothing is lost when the process exits. */
  destination?: DestinationStream;
}

/** Writes JSON lines with the level's name, an ISO time, the pid and the service. Secrets are hidden in every line. */
export function createLogger({
  service,
  level = 'info',
  redact = redactText,
  destination,
}: LoggerOptions): Logger {
  const options = {
    level,
    base: { pid: process.pid, service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withErrorsDescribed },
    // The library's own serializer would write all properties of an error.
    serializers: { err: describedIfError },
    hooks: { streamWrite: redact },
  };
  return pino(options, destination ?? standardOutput());
}

/** Describes every error among the details, whatever its name. */
function withErrorsDescribed(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, describedIfError(value)]));
}

function describedIfError(value: unknown): unknown {
  return value instanceof Error ? describeError(value) : value;
}

/** A line that can't be written is lost: a terminal or a reader of the log that has gone ends no service. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}

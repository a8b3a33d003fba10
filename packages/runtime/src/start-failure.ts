import { ConfigError } from './config-error.js';
import { withoutArguments } from './secrets/describe-error.js';

/** The text to print when a service can't start: one line, or one for each bad setting. */
export function explainStartFailure(name: string, error: unknown): string {
  const problems = error instanceof ConfigError ? error.problems : [errorLine(error)];
  return problems.map((problem) => `${name}: cannot start: ${problem}`).join('\n');
}

/**
 * True for failures that an operator can mend: a bad setting, or a system call that failed (a port in use, an unknown host).
 * Any other failure should be logged with its stack.
 */
export function isOperational(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isOperational);
  return 'syscall' in error || 'operational' in error || isOperational(error.cause);
}

/**
 * The message of an error, in one line. When a connection was tried at several addresses, its error has no message, but
 * consists of several errors: then the line has their messages.
 */
export function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error).replace(/\s+/g, ' ');
  const own = withoutArguments(error.message).replace(/\s+/g, ' ');
  if (own !== '') return own;
  return error instanceof AggregateError ? [...new Set(error.errors.map(errorLine))].join(', ') : error.name;
}

import { ConfigError } from './config-error.js';
import { withoutArguments } from './secrets/describe-error.js';

/** What to print when a service can't start: one line, or one for each bad setting. */
export function explainStartFailure(name: string, error: unknown): string {
  const problems = error instanceof ConfigError ? error.problems : [errorLine(error)];
  return problems.map((problem) => `${name}: cannot start: ${problem}`).join('\n');
}

/**
 * True for what an operator mends: a setting, or a system call that failed (a port in use, a host that is not there).
 * Of anything else the stack is worth keeping.
 */
export function isOperational(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isOperational);
  return 'syscall' in error || isOperational(error.cause);
}

/**
 * What went wrong, in one line. A connection that was tried at several addresses fails with several errors and no message
 * of its own.
 */
export function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error).replace(/\s+/g, ' ');
  const own = withoutArguments(error.message).replace(/\s+/g, ' ');
  if (own !== '') return own;
  return error instanceof AggregateError ? [...new Set(error.errors.map(errorLine))].join(', ') : error.name;
}

import {
  BoomerangClientError,
  ConnectError,
  ConnectionClosedError,
  RequestTimeoutError,
} from '@boomerang/client';
import { ConfigError } from '@boomerang/runtime';
import { CommanderError } from 'commander';
import { UsageError } from './usage-error.js';

/** What the program ends with. The table of docs/cli.md is held against this. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  notAllowed: 3,
  notFound: 4,
  unreachable: 5,
  refused: 6,
  exhausted: 7,
} as const;

const OF_ERROR_CODES: Readonly<Record<BoomerangClientError['code'], keyof typeof EXIT_CODES>> = {
  invalid_request: 'refused',
  unauthorized: 'notAllowed',
  session_expired: 'notAllowed',
  forbidden: 'notAllowed',
  not_found: 'notFound',
  already_ended: 'refused',
  conflict: 'refused',
  key_reused: 'refused',
  exhausted: 'exhausted',
  unavailable: 'unreachable',
  outcome_unknown: 'failed',
  internal: 'failed',
};

export function exitCodeOf(error: unknown): number {
  return EXIT_CODES[kindOf(error)];
}

function kindOf(error: unknown): keyof typeof EXIT_CODES {
  if (error instanceof UsageError || error instanceof ConfigError) return 'usage';
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage';
  if (error instanceof BoomerangClientError)
    return error.field === 'url' ? 'unreachable' : OF_ERROR_CODES[error.code];
  const unreached = [ConnectError, ConnectionClosedError, RequestTimeoutError].some(
    (kind) => error instanceof kind,
  );
  // What an AbortSignal's time limit rejects with.
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return unreached || isLate ? 'unreachable' : 'failed';
}

import { BoomerangClientError } from '../connection/client-error.js';
import { ConnectError } from '../connection/connect-error.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import { RequestTimeoutError } from '../connection/request-timeout-error.js';

/** Whether a request that failed so may be tried again. */
export function canGoOn(error: unknown, repeatable: boolean): boolean {
  if (error instanceof BoomerangClientError) {
    if (error.code === 'internal') return false;
    return error.code === 'session_expired' || mayRepeat(error.retry, repeatable);
  }
  if (error instanceof ConnectionClosedError) {
    if (error.code === 'closed_here') return mayRepeat(error.retry, repeatable);
    if (error.code === 'not_a_gateway') return false;
    const { cause } = error;
    return (
      !(cause instanceof BoomerangClientError && cause.retry === 'useless') &&
      mayRepeat(error.retry, repeatable)
    );
  }
  const passing = error instanceof ConnectError || error instanceof RequestTimeoutError;
  return passing && mayRepeat(error.retry, repeatable);
}

function mayRepeat(retry: string, repeatable: boolean): boolean {
  return retry === 'safe' || (retry === 'unsafe' && repeatable);
}

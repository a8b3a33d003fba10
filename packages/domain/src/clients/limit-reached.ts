import { BoomerangError, type ReachedLimit } from '../errors.js';

/** @param what the limited thing, such as "tasks a second". */
export function limitReached(what: string, limit: ReachedLimit): BoomerangError {
  const problem = `this client may have at most ${limit.most} ${what}`;
  return new BoomerangError('exhausted', `${problem}; ask again in ${limit.retryAfterMs} ms`, { limit });
}

import { type Caller, requirePermission } from '@boomerang/domain';
import { type CallTime, Deadline } from './deadline.js';
import type { Operation, OperationContext } from './operation.js';

/**
 * Carries out an operation for whoever asks: the only place where permissions of
 * operations are checked (a stream of events checks those of its own). May reject with a
 * BoomerangError.
 *
 * @param call how long the caller waits, if the door knows it.
 * @param whoAsks finds the caller in the way of the door; may ask the store, and throw.
 */
export type Perform = <Request, Answer>(
  operation: Operation<Request, Answer>,
  whoAsks: () => Caller | Promise<Caller>,
  request: Request,
  call?: CallTime,
) => Promise<Answer>;

/** @param redisTimeoutMs time that one request has for all that it asks of Redis, ms. */
export function createPerform(context: OperationContext, redisTimeoutMs: number): Perform {
  return async (operation, whoAsks, request, call) => {
    const deadline = new Deadline(redisTimeoutMs, call);
    const asking = whoAsks();
    const caller = asking instanceof Promise ? await deadline.reading(() => asking) : asking;
    requirePermission(caller, operation.permission);
    const bounded = call ? { ...context, signal: deadline.signal } : context;
    const run = () => operation.run(bounded, caller, request);
    return operation.changes ? deadline.writing(run) : deadline.reading(run);
  };
}

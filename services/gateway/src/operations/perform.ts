import { type ActivityRecorder, BoomerangError, type Caller, requirePermission } from '@boomerang/domain';
import type { AuditTrail } from './audit/audit-trail.js';
import { type CallTime, Deadline } from './deadline.js';
import type { AuditOf, Operation, OperationContext } from './operation.js';

/**
 * Carries out an operation for whoever asks: the only place where permissions of
 * operations are checked (a stream of events checks those of its own). May reject with a
 * BoomerangError.
 *
 * @param call how long the caller waits, if the door knows it.
 * @param from what counts as the caller's address, for the audit log.
 * @param whoAsks finds the caller in the way of the door; may ask the store, and throw.
 */
export type Perform = <Request, Answer>(
  operation: Operation<Request, Answer>,
  whoAsks: () => Caller | Promise<Caller>,
  request: Request,
  call?: CallTime,
  from?: string,
) => Promise<Answer>;

/**
 * @param redisTimeoutMs time that one request has for all that it asks of Redis, ms.
 * @param activity is told what succeeded.
 */
export function createPerform(
  context: OperationContext,
  redisTimeoutMs: number,
  audit: Pick<AuditTrail, 'note'>,
  activity: Pick<ActivityRecorder, 'count'>,
): Perform {
  return async (operation, whoAsks, request, call, from = '') => {
    const deadline = new Deadline(redisTimeoutMs, call);
    const asking = whoAsks();
    const caller = asking instanceof Promise ? await deadline.reading(() => asking) : asking;
    requirePermission(caller, operation.permission);
    const bounded = call ? { ...context, signal: deadline.signal } : context;
    const run = async () => {
      const answer = await operation.run(bounded, caller, request);
      if (operation.counted) activity.count(caller.clientId, operation.counted, operation.times?.(answer));
      return answer;
    };
    const running = operation.changes ? deadline.writing(run) : deadline.reading(run);
    return operation.audit ? noteEnd(audit, operation.audit, { caller, from }, running) : running;
  };
}

/** Notes what became of an operation that the audit log tells of. */
async function noteEnd<Answer>(
  audit: Pick<AuditTrail, 'note'>,
  { action, details }: AuditOf<Answer>,
  { caller, from }: { readonly caller: Caller; readonly from: string },
  running: Promise<Answer>,
): Promise<Answer> {
  const entry = { action, from, clientId: caller.clientId, keyId: caller.keyId ?? '' };
  try {
    const answer = await running;
    audit.note({ ...entry, outcome: 'ok', details: details(answer) });
    return answer;
  } catch (error) {
    audit.note({ ...entry, outcome: BoomerangError.from(error).code, details: {} });
    throw error;
  }
}

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
    const deadline = new Deadline(operation.timeLimitMs ?? redisTimeoutMs, call);
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
    return operation.audit ? noteEnd(audit, operation.audit, { caller, from, request }, running) : running;
  };
}

/** Notes what became of an operation that the audit log tells of. */
async function noteEnd<Request, Answer>(
  audit: Pick<AuditTrail, 'note'>,
  { action, details, concerns }: AuditOf<Request, Answer>,
  { caller, from, request }: { readonly caller: Caller; readonly from: string; readonly request: Request },
  running: Promise<Answer>,
): Promise<Answer> {
  const { clientId, keyId = '' } = caller;
  const entryOf = (outcome: string, more: Record<string, string>, answer?: Answer) => {
    const about = concerns?.(request, answer);
    if (!about) return { action, from, clientId, keyId, outcome, details: more };
    const by = keyId === '' ? clientId : `${clientId} ${keyId}`;
    const concerned = { clientId: about.clientId, keyId: about.keyId ?? '' };
    return { action, from, ...concerned, outcome, details: { ...more, by } };
  };
  try {
    const answer = await running;
    audit.note(entryOf('ok', details(answer, request), answer));
    return answer;
  } catch (error) {
    audit.note(entryOf(BoomerangError.from(error).code, {}));
    throw error;
  }
}

import {
  BoomerangError,
  invalidField,
  type RegisteredTask,
  type Session,
  type TaskRequest,
  type TaskStore,
  validateTaskRequest,
} from '@boomerang/domain';
import { MAX_DATAGRAM_BYTES, mostDatagramPayloadBytes } from '@boomerang/protocol';

/** Registers a task under the session's delivery policy; resolves once Redis holds it. */
export async function registerTask(
  tasks: TaskStore,
  session: Session,
  request: TaskRequest,
): Promise<RegisteredTask> {
  if (!session.policy.callback) {
    const problem = 'this session was opened without a callback, so it can manage tasks but not register any';
    throw new BoomerangError('invalid_request', problem);
  }
  validateTaskRequest(request);
  if (session.policy.callback.protocol === 'UDP')
    requireFitsDatagram(session.clientId, request.payload.length);
  return tasks.register(session.clientId, session.policy, request);
}

/** Here and not at the delivery, which could only dead-letter it. */
function requireFitsDatagram(clientId: string, payloadBytes: number): void {
  const most = mostDatagramPayloadBytes(clientId);
  if (payloadBytes <= most) return;
  const reason = `a callback over UDP is one datagram of at most ${MAX_DATAGRAM_BYTES} bytes in all`;
  throw invalidField('payload', `${payloadBytes} bytes`, `at most ${most} bytes, as ${reason}`);
}

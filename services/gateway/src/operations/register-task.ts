import {
  BoomerangError,
  type RegisteredTask,
  type Session,
  type TaskRequest,
  type TaskStore,
  validateTaskRequest,
} from '@boomerang/domain';

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
  return tasks.register(session.clientId, session.policy, request);
}

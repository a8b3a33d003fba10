import type {
  ClientStore,
  DeliveryPolicy,
  RegisteredTask,
  Session,
  SessionStore,
  TaskDetails,
  TaskRequest,
  TaskStore,
} from '@boomerang/domain';
import { cancelTask } from './cancel-task.js';
import { getTask } from './get-task.js';
import { type ListAnswer, type ListRequest, listTasks } from './list-tasks.js';
import { openSession } from './open-session.js';
import { refreshSession } from './refresh-session.js';
import { registerTask } from './register-task.js';
import { SessionCache } from './session-cache.js';

export interface Stores {
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
}

/** What clients can ask for, whatever the door. Every one may reject with a BoomerangError. */
export interface Operations {
  /** @param policy called once the key has been found good; may throw. */
  openSession(key: string, policy: () => DeliveryPolicy): Promise<Session>;
  refreshSession(sessionId: string): Promise<number>;
  registerTask(sessionId: string, request: TaskRequest): Promise<RegisteredTask>;
  cancelTask(sessionId: string, taskId: string): Promise<boolean>;
  getTask(sessionId: string, taskId: string): Promise<TaskDetails>;
  listTasks(sessionId: string, request: ListRequest): Promise<ListAnswer>;
}

export function createOperations({ clients, sessions, tasks }: Stores): Operations {
  const cache = new SessionCache(sessions);
  return {
    openSession: (key, policy) => openSession({ clients, sessions }, key, policy),
    refreshSession: (sessionId) => refreshSession(sessions, sessionId),
    registerTask: async (sessionId, request) => registerTask(tasks, await cache.require(sessionId), request),
    cancelTask: async (sessionId, taskId) => cancelTask(tasks, await cache.require(sessionId), taskId),
    getTask: async (sessionId, taskId) => getTask(tasks, await cache.require(sessionId), taskId),
    listTasks: async (sessionId, request) => listTasks(tasks, await cache.require(sessionId), request),
  };
}

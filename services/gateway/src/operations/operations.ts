import type { AddressGuard } from '@boomerang/address-guard';
import type {
  ClientStore,
  DeadLetterStore,
  DeliveryPolicy,
  RegisteredTask,
  Session,
  SessionStore,
  TaskDetails,
  TaskRequest,
  TaskStore,
} from '@boomerang/domain';
import {
  type ListDeadLettersAnswer,
  type ListDeadLettersRequest,
  listDeadLetters,
} from './dead-letters/list-dead-letters.js';
import {
  type PurgeDeadLettersAnswer,
  type PurgeDeadLettersRequest,
  purgeDeadLetters,
} from './dead-letters/purge-dead-letters.js';
import {
  type ReplayDeadLettersAnswer,
  type ReplayDeadLettersRequest,
  replayDeadLetters,
} from './dead-letters/replay-dead-letters.js';
import { Deadline } from './deadline.js';
import { openSession } from './sessions/open-session.js';
import { refreshSession } from './sessions/refresh-session.js';
import { SessionCache } from './sessions/session-cache.js';
import { cancelTask } from './tasks/cancel-task.js';
import { getTask } from './tasks/get-task.js';
import { type ListAnswer, type ListRequest, listTasks } from './tasks/list-tasks.js';
import { registerTask } from './tasks/register-task.js';

export interface Stores {
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
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
  listDeadLetters(sessionId: string, request: ListDeadLettersRequest): Promise<ListDeadLettersAnswer>;
  replayDeadLetters(sessionId: string, request: ReplayDeadLettersRequest): Promise<ReplayDeadLettersAnswer>;
  purgeDeadLetters(sessionId: string, request: PurgeDeadLettersRequest): Promise<PurgeDeadLettersAnswer>;
}

export interface OperationLimits {
  /** Throws while nothing new of that size may be taken. */
  readonly requireRoom: (payloadBytes: number) => void;
  /** Time that one operation has for all that it asks of Redis, ms. */
  readonly redisTimeoutMs: number;
  /** Says where callbacks may go. */
  readonly guard: AddressGuard;
}

export function createOperations(
  { clients, sessions, tasks, deadLetters }: Stores,
  { requireRoom, redisTimeoutMs, guard }: OperationLimits,
): Operations {
  const cache = new SessionCache(sessions);
  const start = () => new Deadline(redisTimeoutMs);

  async function inSession(sessionId: string) {
    const deadline = start();
    return { deadline, session: await deadline.reading(() => cache.require(sessionId)) };
  }

  return {
    async openSession(key, policy) {
      requireRoom(0);
      return openSession({ clients, sessions, guard }, start(), key, policy);
    },
    refreshSession: (sessionId) => start().writing(() => refreshSession(sessions, sessionId)),
    async registerTask(sessionId, request) {
      const { deadline, session } = await inSession(sessionId);
      requireRoom(request.payload.length);
      return deadline.writing(() => registerTask(tasks, session, request));
    },
    async cancelTask(sessionId, taskId) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.writing(() => cancelTask(tasks, session, taskId));
    },
    async getTask(sessionId, taskId) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.reading(() => getTask(tasks, session, taskId));
    },
    async listTasks(sessionId, request) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.reading(() => listTasks(tasks, session, request));
    },
    async listDeadLetters(sessionId, request) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.reading(() => listDeadLetters(deadLetters, session, request));
    },
    async replayDeadLetters(sessionId, request) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.writing(() => replayDeadLetters(deadLetters, session, request));
    },
    async purgeDeadLetters(sessionId, request) {
      const { deadline, session } = await inSession(sessionId);
      return deadline.writing(() => purgeDeadLetters(deadLetters, session, request));
    },
  };
}

import type { BackoffStrategy, Callback, DlqPolicy } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import { createSession, type Session } from './session.js';

export interface SessionOptions {
  /** A key of the client, `bmr_…`. */
  readonly token: string;
  /** Where tasks are called back. Absent: the session manages tasks but can't register any. */
  readonly callback?: Callback;
  /** What is absent is the service's default: 5 attempts, FIXED, 1 s, a cap of 60 s. */
  readonly retry?: {
    readonly maxAttempts?: number;
    readonly strategy?: BackoffStrategy;
    readonly intervalMs?: number;
    readonly maxIntervalMs?: number;
  };
  /** Where occurrences end whose attempts are exhausted. Absent: the bucket `default`. */
  readonly dlq?: DlqPolicy;
}

export interface OpenedSession extends Session {
  readonly expiresAtMs: number;
}

/** Opens a session, whose policy holds for every task that is registered in it. */
export async function openSession(connection: Connection, options: SessionOptions): Promise<OpenedSession> {
  const answer = await requestAnswer(connection, { authHandshake: toHandshake(options) }, 'authResponse');
  return createSession(connection, answer.sessionId ?? '', answer.expiresAtMs ?? 0) as OpenedSession;
}

function toHandshake({ token, callback, retry, dlq }: SessionOptions): boomerang.AuthHandshake.$Properties {
  const { RetryPolicy } = boomerang;
  return {
    authToken: token,
    ...(callback && { callback: toCallbackConfig(callback) }),
    ...(retry && {
      retry: {
        maxAttempts: retry.maxAttempts ?? 0,
        strategy: RetryPolicy.BackoffStrategy[retry.strategy ?? 'FIXED'],
        intervalMs: retry.intervalMs ?? 0,
        maxIntervalMs: retry.maxIntervalMs ?? 0,
      },
    }),
    ...(dlq && { dlq: { destination: dlq.destination } }),
  };
}

function toCallbackConfig(callback: Callback): boomerang.CallbackConfig.$Properties {
  const { HttpFormat, Protocol } = boomerang.CallbackConfig;
  const config = { protocol: Protocol[callback.protocol], endpoint: callback.endpoint };
  if (callback.protocol === 'UDP') return { ...config, udpAck: callback.acked ?? false };
  if (callback.protocol !== 'HTTP') return config;
  const httpFormat = HttpFormat[callback.format ?? 'ENVELOPE'];
  return { ...config, httpFormat, rawContentType: callback.rawContentType ?? '' };
}

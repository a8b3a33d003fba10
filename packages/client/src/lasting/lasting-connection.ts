import { setTimeout as sleep } from 'node:timers/promises';
import type { DecodedEnvelope } from '@boomerang/protocol';
import { BoomerangClientError, requireAccepted } from '../connection/client-error.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { checkRequestOptions } from '../connection/request-options.js';
import { RequestTimeoutError } from '../connection/request-timeout-error.js';
import { type TimeLimit, withinLimit } from '../connection/time-limit.js';
import { canGoOn } from './can-go-on.js';
import { isRepeatable } from './is-repeatable.js';
import type { Link, Links } from './session-link.js';
import { Slots } from './slots.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** What one request knows while it is tried. */
interface Trial {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly limit: TimeLimit;
  /** Why the last try failed. */
  failure: Error | undefined;
}

/**
 * A connection that lasts: each request is tried on whatever connection and session there are, until it is answered, can't
 * be repeated, or its time is up. The session's id in a request is replaced by that of the session there is.
 */
export function createLastingConnection(
  link: Links,
  requestTimeoutMs: number,
  maxInFlight: number,
): Connection {
  const slots = new Slots(maxInFlight);

  async function persist(request: RequestEnvelope, trial: Trial): Promise<DecodedEnvelope> {
    for (let tries = 0; ; tries++) {
      try {
        return await tryOnce(link, request, trial);
      } catch (error) {
        if (link.closed || trial.limit.over || !canGoOn(error, isRepeatable(request))) throw error;
        trial.failure = error as Error;
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
      // Spread, so that all programs don't come back to a gateway in the same moment.
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, trial.signal && { signal: trial.signal });
      if (trial.limit.over) throw trial.failure;
    }
  }

  return {
    async request(envelope, options) {
      const { timeoutMs = requestTimeoutMs, signal } = checkRequestOptions(options);
      const trial: { failure: Error | undefined } = { failure: undefined };
      const timedOut = () =>
        trial.failure ?? new RequestTimeoutError({ peer: 'the gateway', answered: true }, timeoutMs, true);
      return withinLimit(timeoutMs, signal, timedOut, async (limit) => {
        await slots.take();
        try {
          if (limit.over) throw timedOut();
          return await persist(envelope, Object.assign(trial, { timeoutMs, signal, limit }));
        } finally {
          slots.give();
        }
      });
    },
    close: () => link.close(),
  };
}

/** @throws the answer's error, too, unless repeating the request is useless. */
async function tryOnce(
  sessions: Links,
  request: RequestEnvelope,
  { timeoutMs, signal }: Trial,
): Promise<DecodedEnvelope> {
  const link = await sessions.get();
  try {
    return await ask(link, request, isRepeatable(request) ? Math.ceil(timeoutMs / 2) : timeoutMs, signal);
  } catch (error) {
    // Answers come in the order of requests: a connection that doesn't answer one answers none.
    if (error instanceof RequestTimeoutError || error instanceof ConnectionClosedError) sessions.drop(link);
    if (error instanceof BoomerangClientError && error.code === 'session_expired') sessions.expire(link);
    throw error;
  }
}

async function ask(
  { connection, sessionId }: Link,
  request: RequestEnvelope,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<DecodedEnvelope> {
  const options = { timeoutMs, ...(signal && { signal }) };
  const answer = await connection.request({ ...request, sessionId }, options);
  requireAccepted(answer);
  return answer;
}

import { type Cluster, Redis } from 'ioredis';
import { connectFailure } from './connect-failure.js';
import type { ConnectOptions } from './connect-options.js';
import { createConnection, isRefusedDatabase } from './create-connection.js';
import { watchForSilence } from './watch-for-silence.js';

/** A connection to one Redis, to the primary that Sentinels name, or to a Redis Cluster. */
export type RedisConnection = Redis | Cluster;

const SILENCE_MS = 5_000;
const READY_LIMIT_MS = 5_000;

/**
 * Opens a connection and resolves once it is ready. It reconnects for as long as it lives. Unless `patient`, a command
 * is never resent or queued: when the connection is lost it rejects, and the caller decides what an unknown outcome means.
 * Commands of one turn of the event loop are sent together, which costs Redis several times less than one by one.
 *
 * @throws when the first connection can't be made within five seconds.
 */
export async function connectRedis(options: ConnectOptions): Promise<RedisConnection> {
  const redis = createConnection(options);
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    // The answers of the Sentinels say more than the error.
    if (!lastError || !error.message.startsWith('All sentinels are unreachable')) lastError = error;
    options.onError?.(error);
  });
  redis.on('sentinelError', (error: Error) => {
    lastError = error;
  });
  try {
    await Promise.race([whenReady(redis), databaseRefused(redis)]);
  } catch (error) {
    redis.disconnect();
    throw connectFailure(options, lastError ?? (error as Error));
  }
  if (options.patient && redis instanceof Redis) watchForSilence(redis, options.silenceMs ?? SILENCE_MS);
  return redis;
}

function databaseRefused(redis: RedisConnection): Promise<never> {
  return new Promise((_, reject) => {
    redis.on('error', (error: Error) => isRefusedDatabase(error) && reject(error));
  });
}

/** @throws when the connection isn't there within five seconds. */
export function whenReady(redis: RedisConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    if (redis.status === 'ready') return resolve();
    const late = new Error(`no answer within ${READY_LIMIT_MS} ms`);
    const timer = setTimeout(() => reject(late), READY_LIMIT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

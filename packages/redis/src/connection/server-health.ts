import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, type RedisConnection } from './connection.js';
import { primaries } from './primaries.js';
import type { RedisAddress } from './redis-address.js';

/** Writes nothing, but is refused whenever a script that writes would be: READONLY, MISCONF, BUSY, LOADING. */
export const WOULD_WRITE = '#!lua flags=allow-oom\nreturn 1';

/** Why nothing can be written over this connection just now; undefined when it can. */
export async function troubleWith(connection: RedisConnection): Promise<string | undefined> {
  try {
    await primaries(connection, (node) => node.eval(WOULD_WRITE, 0));
    return undefined;
  } catch (error) {
    return describeTrouble(error);
  }
}

export function describeTrouble(error: unknown): string {
  const { name, message } = error as Error;
  return name === 'ReplyError' ? `redis refuses: ${message}` : message;
}

/** A check of liveness has to be answered within two seconds. */
const PROBE_LIMIT_MS = 1_500;

/** Whether Redis serves a new connection, whatever the state of older ones. */
export async function redisServes(address: RedisAddress): Promise<boolean> {
  return Promise.race([probe(address), sleep(PROBE_LIMIT_MS, false)]);
}

async function probe(address: RedisAddress): Promise<boolean> {
  try {
    const connection = await connectRedis({ ...address, name: 'probe' });
    const trouble = await troubleWith(connection);
    connection.disconnect();
    return trouble === undefined;
  } catch {
    return false;
  }
}

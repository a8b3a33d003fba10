import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from './keys.js';

/**
 * The layouts of what is in Redis (records, scripts' values, tickets, policies), as one number. An incompatible change
 * takes two releases: the first one reads the new format and writes the old one, the second writes the new one.
 */
export interface Format {
  readonly reads: number;
  readonly writes: number;
}

export const FORMAT: Format = { reads: 3, writes: 3 };

/**
 * Joins those that work on this Redis: notes the format that this build writes, for good.
 *
 * @throws when a newer build has written what this one can't read.
 */
export async function joinFormat(redis: RedisConnection, { reads, writes }: Format = FORMAT): Promise<void> {
  const written = (await redis.smembers(globalKeys.formats)).map(Number);
  const newest = Math.max(...written, writes);
  if (newest > reads) {
    throw new Error(
      `Redis holds data in format ${newest}, written by a newer release, and this one reads up to format ${reads}: start the newer one`,
    );
  }
  if (!written.includes(writes)) await redis.sadd(globalKeys.formats, writes);
}

import { MAX_PARTITIONS } from '@boomerang/domain';
import { type PartitionRaise, raisePartitions } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { withStackRedis } from '../stack/with-stack-redis.js';
import { tell } from '../tell.js';

/**
 * Takes the next step of raising the partition count and prints what has to follow. Returns whether the raise is done.
 */
export async function raise(env: Environment, text: string): Promise<boolean> {
  const count = parseCount(text);
  const state = await withStackRedis(env, (redis) => raisePartitions(redis, count));
  for (const line of describeRaise(state)) tell(line);
  return state.behind === 0;
}

function parseCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_PARTITIONS) return count;
  throw new Error(
    `${JSON.stringify(text)} is no partition count; allowed: a whole number from 1 to ${MAX_PARTITIONS}`,
  );
}

export function describeRaise({ counts, behind, readers }: PartitionRaise): string[] {
  const { written, read } = counts;
  if (behind === 0) {
    return [
      `step 2 of 2 is done: schedulers and workers look after ${read} partitions, and gateways that start from now on write to all ${written}`,
      'restart the gateways that run, one after the other: until then they write to as many partitions as before, which is safe',
    ];
  }
  const who = readers.map(({ name, address, partitions, of }) => {
    return `  ${name || 'a connection without a name'} at ${address} looks after ${partitions} of ${of}`;
  });
  return [
    `step 1 of 2: schedulers and workers that start from now on look after ${read} partitions; gateways still write to ${written}`,
    `${behind} of them ran before and don't look after all of them yet${who.length > 0 ? ':' : ''}`,
    ...who,
    'restart them, one after the other, and run this command again: it goes on when none is left',
  ];
}

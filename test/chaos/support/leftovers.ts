import { loadPartitions } from '@boomerang/redis';
import { type TestStack, waitFor } from '@boomerang/testkit';

/** Waits until the engine holds nothing any more but what it may: ended tasks for a while, and dead letters. */
export async function untilNothingIsLeft(stack: TestStack, timeoutMs = 30_000): Promise<void> {
  let left: string[] = [];
  const none = async () => {
    left = await leftovers(stack);
    return left.length === 0;
  };
  await waitFor(none, { timeoutMs, message: 'everything to end' }).catch((error: Error) => {
    throw new Error(`${error.message}; left are ${left.join(', ')}`);
  });
}

/** Keys that hold tasks, occurrences, turns, leases or policies, and live records. */
async function leftovers(stack: TestStack): Promise<string[]> {
  const { redis } = stack.redis;
  const partitions = await loadPartitions(redis, 1);
  const found: string[] = [];
  for (const partition of partitions) {
    const { due, rotation, occurrences, leases, policies, policyRefs, clientPrefix, recordPrefix } =
      partition;
    const keys = [due, rotation, occurrences, leases, policies, policyRefs, `${clientPrefix}test`];
    const there = await Promise.all(keys.map((key) => redis.exists(key)));
    found.push(...keys.filter((_, i) => there[i]));
    found.push(...(await redis.keys(`${partition.overduePrefix}*`)));
    for (const record of await redis.keys(`${recordPrefix}*`)) {
      if ((await redis.pttl(record)) === -1) found.push(record);
    }
  }
  return found;
}

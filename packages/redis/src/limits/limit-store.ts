import type { LimitStore } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import { homeOfClient } from '../partitions/home-of-client.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { countTasks } from '../tasks/cancel-all-tasks.js';
import { readOwnLimits } from './own-limits.js';

export function createLimitStore(
  redis: RedisConnection,
  run: RunScript,
  partitions: PartitionMap,
): LimitStore {
  async function spend(clientId: string, count: number, perSecond: number): Promise<number> {
    const home = await homeOfClient(partitions, clientId);
    return Number(await run('spend', home, [clientId, count, perSecond]));
  }
  const countAll = async (clientId: string) => countTasks(redis, await partitions.all(), clientId);

  return {
    overridesOf: (clientId) => unwrapRedisErrors(readOwnLimits(redis, clientId)),
    spend: (clientId, count, perSecond) => unwrapRedisErrors(spend(clientId, count, perSecond)),
    countTasks: (clientId) => unwrapRedisErrors(countAll(clientId)),
  };
}

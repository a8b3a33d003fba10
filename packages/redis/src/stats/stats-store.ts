import type { Forecast, ForecastRange, StatsStore, WrittenSummary } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import { globalKeys, type PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { decodeSummary } from './summary-codec.js';
import { writeSummary } from './write-summary.js';

/** Entries that one step reads. */
const STEP = 1_000;

export function createStatsStore(
  redis: RedisConnection,
  run: RunScript,
  partitions: Pick<PartitionMap, 'all'>,
): StatsStore {
  async function read(fromMs: number, untilMs: number): Promise<WrittenSummary[]> {
    const summaries: WrittenSummary[] = [];
    let from = String(fromMs);
    for (;;) {
      const page = await redis.xrange(globalKeys.stats, from, String(untilMs - 1), 'COUNT', STEP);
      for (const [id, [, text = '']] of page) {
        const summary = decodeSummary(text);
        if (summary) summaries.push({ ...summary, atMs: Number(id.split('-')[0]) });
      }
      const last = page.at(-1);
      if (!last || page.length < STEP) return summaries;
      from = `(${last[0]}`;
    }
  }

  async function everywhere<T>(work: (keys: PartitionKeys) => Promise<T>): Promise<T[]> {
    return await Promise.all((await partitions.all()).map(work));
  }

  async function forecast(clientId = '', { fromMs, slotMs, slots }: ForecastRange): Promise<Forecast> {
    const args = [clientId, fromMs, slotMs, slots];
    const replies = await everywhere((keys) => run('forecast', keys, args) as Promise<number[]>);
    const sums = Array.from({ length: slots + 2 }, (_, i) =>
      replies.reduce((sum, reply) => sum + (reply[i] ?? 0), 0),
    );
    const [before = 0, after = 0, ...counts] = sums;
    return { before, after, slots: counts };
  }

  async function countDeadLetters(clientId: string): Promise<number> {
    const counts = await everywhere((keys) => redis.xlen(keys.deadLetterPrefix + clientId));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  return {
    write: (summary) => unwrapRedisErrors(writeSummary(redis, summary)),
    read: (fromMs, untilMs) => unwrapRedisErrors(read(fromMs, untilMs)),
    forecast: (clientId, range) => unwrapRedisErrors(forecast(clientId, range)),
    countDeadLetters: (clientId) => unwrapRedisErrors(countDeadLetters(clientId)),
  };
}

import type { ProcessSummary } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { globalKeys } from '../partitions/keys.js';
import { encodeSummary } from './summary-codec.js';

/** How long summaries are kept, ms. */
const KEPT_MS = 3_600_000;

export async function writeSummary(redis: RedisConnection, summary: ProcessSummary): Promise<void> {
  const oldest = Date.now() - KEPT_MS;
  await Promise.all([
    redis.xadd(globalKeys.stats, 'MINID', '~', oldest, '*', 'summary', encodeSummary(summary)),
    // After the last process has gone, what it told goes too.
    redis.pexpire(globalKeys.stats, KEPT_MS),
  ]);
}

import type { DeadLetter } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { decodeEntry } from '../layout/dead-letter-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

const PAGE = 100;

/** Dead letters of all clients, partition by partition, the oldest first. */
export async function* scanDeadLetters(
  redis: RedisConnection,
  partitions: readonly PartitionKeys[],
): AsyncGenerator<DeadLetter> {
  for (const [partition, { dlq }] of partitions.entries()) {
    for (let from = '-'; ; ) {
      const entries = (await redis.xrangeBuffer(dlq, from, '+', 'COUNT', PAGE)) as [Buffer, Buffer[]][];
      for (const [id, fields] of entries) yield decodeEntry(partition, id.toString(), fields);
      const last = entries.at(-1);
      if (!last || entries.length < PAGE) break;
      from = `(${last[0].toString()}`;
    }
  }
}

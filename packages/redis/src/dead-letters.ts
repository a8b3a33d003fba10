import type { DeadLetter } from '@boomerang/domain';
import type { RedisConnection } from './connection.js';
import { decodeHistory } from './history-codec.js';
import type { PartitionKeys } from './keys.js';
import { decodePolicy } from './policy-codec.js';

const PAGE = 100;

/** Dead letters of all partitions, partition by partition, the oldest first. */
export async function* readDeadLetters(
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

export function decodeEntry(partition: number, entryId: string, fields: readonly Buffer[]): DeadLetter {
  const values = new Map<string, Buffer>();
  for (let i = 0; i < fields.length; i += 2) values.set(String(fields[i]), fields[i + 1] as Buffer);
  const field = (name: string): Buffer => {
    const value = values.get(name);
    if (!value) throw new Error(`DLQ entry ${entryId} of partition ${partition} lacks the field ${name}`);
    return value;
  };
  const policy = decodePolicy(field('policy').toString());
  return {
    entryId,
    partition,
    taskId: field('task').toString(),
    clientId: field('client').toString(),
    bucket: policy.dlq.destination,
    occurrence: Number(field('occurrence').toString()),
    attempts: Number(field('attempts').toString()),
    scheduledTimeMs: Number(field('scheduled').toString()),
    deadLetteredAtMs: Number(field('at').toString()),
    payload: field('payload'),
    policy,
    history: decodeHistory(field('history')),
  };
}

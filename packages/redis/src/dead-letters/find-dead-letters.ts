import {
  type DeadLetterCursor,
  type DeadLetterFilter,
  type DeadLetterPage,
  type DeadLetterPosition,
  ERROR_CLASSES,
} from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { entryIdOf, positionOf } from '../layout/dead-letter-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { mergePages } from '../partitions/merge-pages.js';

/** Index entries that one page looks at per partition, when a filter leaves most of them out. */
const MOST_LOOKS = 2_000;

/** Ids of a client's dead letters over all partitions, in order of id and partition, at most `limit` of them. */
export async function findDeadLetters(
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
  filter: DeadLetterFilter,
  limit: number,
  after: DeadLetterCursor | undefined,
): Promise<DeadLetterPage<DeadLetterPosition>> {
  const beforeMs = Math.min(
    filter.beforeMs || Number.MAX_SAFE_INTEGER,
    after?.untilMs ?? Number.MAX_SAFE_INTEGER,
  );
  const errorClass = filter.errorClass === undefined ? '' : ERROR_CLASSES.indexOf(filter.errorClass);
  const found = await Promise.all(
    partitions.map(async (keys, partition) => {
      const range = [firstEntry(partition, filter.afterMs, after?.position), `(${beforeMs}-0`];
      const args = [clientId, ...range, filter.bucket, errorClass, limit, MOST_LOOKS];
      return parseFound(partition, (await run('find-dead-letters', keys, args)) as FoundReply);
    }),
  );
  const nowMs = Math.max(...found.map((page) => page.nowMs));
  const { chosen, end } = mergePages(found, compare, limit);
  return { letters: chosen, next: end && { position: end, untilMs: after?.untilMs ?? nowMs + 1 }, nowMs };
}

/** Where a partition's page begins, as XRANGE takes it. */
function firstEntry(partition: number, afterMs: number, behind: DeadLetterPosition | undefined): string {
  if (!behind) return String(afterMs);
  return (partition > behind.partition ? '' : '(') + entryIdOf(behind);
}

type FoundReply = [nowMs: number, done: number, ...ids: Buffer[]];

function parseFound(partition: number, [nowMs, done, ...ids]: FoundReply) {
  const found = ids.map((id) => positionOf(partition, id.toString()));
  return { nowMs, found, stoppedAt: done === 0 ? found.pop() : undefined };
}

function compare(a: DeadLetterPosition, b: DeadLetterPosition): number {
  return a.ms - b.ms || a.sequence - b.sequence || a.partition - b.partition;
}

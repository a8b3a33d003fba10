import type {
  DeadLetter,
  DeadLetterCursor,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterPosition,
} from '@boomerang/domain';
import { mapByPartition } from './by-partition.js';
import { findDeadLetters } from './find-dead-letters.js';
import type { PartitionKeys } from './keys.js';
import { MOST_ANSWER_BYTES, readDeadLettersOf } from './read-dead-letters.js';
import type { RunScript } from './scripts.js';

/** A page of a client's dead letters over all partitions. */
export async function listDeadLetters(
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
  filter: DeadLetterFilter,
  limit: number,
  withPayload: boolean,
  after: DeadLetterCursor | undefined,
): Promise<DeadLetterPage<DeadLetter>> {
  const page = await findDeadLetters(run, partitions, clientId, filter, limit, after);
  const found = await mapByPartition(
    page.letters,
    ({ partition }) => partition,
    (partition, ids) =>
      readDeadLettersOf(run, partitions[partition] as PartitionKeys, clientId, ids, withPayload),
  );
  const letters: DeadLetter[] = [];
  let bytes = 0;
  let read = 0;
  for (const one of found) {
    bytes += one?.bytes ?? 0;
    if (!one || (bytes > MOST_ANSWER_BYTES && read > 0)) break;
    read++;
    if (one.letter) letters.push(one.letter);
  }
  if (read === found.length) return { ...page, letters };
  const position = page.letters[read - 1] as DeadLetterPosition;
  return { ...page, letters, next: { position, untilMs: after?.untilMs ?? page.nowMs + 1 } };
}

import type {
  DeadLetter,
  DeadLetterCursor,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterPosition,
} from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { mapByPartition } from '../partitions/by-partition.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { findDeadLetters } from './find-dead-letters.js';
import { MOST_ANSWER_BYTES, readDeadLettersById } from './read-dead-letters-by-id.js';

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
      readDeadLettersById(run, partitions[partition] as PartitionKeys, clientId, ids, withPayload),
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

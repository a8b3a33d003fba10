import type { DeadLetter, DeadLetterPosition } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { decodeEntry, entryIdOf } from '../layout/dead-letter-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** An answer stays below this, so that it fits a frame; a single dead letter may exceed it. */
export const MOST_ANSWER_BYTES = 900_000;

export interface ReadLetter {
  /** What it takes in an answer. */
  readonly bytes: number;
  /** Undefined when the client has no such dead letter. */
  readonly letter: DeadLetter | undefined;
}

type Reply = ([] | [bytes: number, payloadBytes: number, fields: Buffer[]])[];

/**
 * A client's dead letters in one partition, in the order of `ids`. May be shorter than `ids` once an answer is full, but
 * never empty unless `ids` is.
 */
export async function readDeadLettersById(
  run: RunScript,
  keys: PartitionKeys,
  clientId: string,
  ids: readonly DeadLetterPosition[],
  withPayload: boolean,
): Promise<ReadLetter[]> {
  const args = [clientId, MOST_ANSWER_BYTES, Number(withPayload), ...ids.map(entryIdOf)];
  const reply = (await run('read-dead-letters', keys, args)) as Reply;
  return reply.map(([bytes = 0, payloadBytes = 0, fields], i) => {
    const id = ids[i] as DeadLetterPosition;
    if (!fields) return { bytes, letter: undefined };
    return { bytes, letter: { ...decodeEntry(id.partition, entryIdOf(id), fields), payloadBytes } };
  });
}

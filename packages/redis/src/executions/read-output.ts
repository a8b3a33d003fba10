import { type ExecutionOutput, type OutputPiece, type OutputRange, partitionOf } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import type { PartitionMap } from '../partitions/partition-map.js';

/** What an execution of a task has written, as far as it is kept; undefined when the client has no such task. */
export async function readOutput(
  run: RunScript,
  map: PartitionMap,
  clientId: string,
  taskId: string,
  { of, fromSequence }: OutputRange,
): Promise<ExecutionOutput | undefined> {
  const keys = await map.find(partitionOf(taskId));
  if (!keys) return undefined;
  const wanted = of ? `${of.occurrence}:${of.attempt}` : '';
  const [which, first, ...pieces] = (await run('read-output', keys, [
    clientId,
    taskId,
    wanted,
    fromSequence,
  ])) as Buffer[];
  if (!which) return undefined;
  const [occurrence = 0, attempt = 0] = String(which).split(':').map(Number);
  const nothingKept = String(first) === '';
  // Only what was written is named where nobody asked for a certain attempt.
  const beginningDropped = nothingKept ? !of && which.length > 0 : Number(String(first)) > 0;
  return { occurrence, attempt, pieces: pieces.map(decodePiece), beginningDropped };
}

function decodePiece(piece: Buffer): OutputPiece {
  const [, sequence, offset, chunk = ''] = /^(\d+) (\d+) (.*)$/s.exec(piece.toString('utf8')) ?? [];
  return { sequence: Number(sequence), offset: Number(offset), chunk };
}

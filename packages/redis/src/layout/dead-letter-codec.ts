import { type DeadLetter, type DeadLetterPosition, formatDeadLetterId } from '@boomerang/domain';
import { decodeHistory } from './history-codec.js';
import { decodePolicy } from './policy-codec.js';

/** Where an entry of a partition's DLQ stream stands. */
export function positionOf(partition: number, entryId: string): DeadLetterPosition {
  const [ms, sequence] = entryId.split('-');
  return { partition, ms: Number(ms), sequence: Number(sequence) };
}

export function entryIdOf({ ms, sequence }: DeadLetterPosition): string {
  return `${ms}-${sequence}`;
}

/** Id of the entry in its partition's DLQ stream. */
export function entryIdOfLetter({ id }: DeadLetter): string {
  return id.slice(id.indexOf('-') + 1);
}

/** A dead letter's id by that of its entry; undefined for the empty one. */
export function deadLetterIdOf(partition: number, entryId: string): string | undefined {
  return entryId === '' ? undefined : formatDeadLetterId(positionOf(partition, entryId));
}

/** An entry of a partition's DLQ stream, by its fields and values in turn. */
export function decodeEntry(partition: number, entryId: string, flat: readonly Buffer[]): DeadLetter {
  const values = new Map<string, Buffer>();
  for (let i = 0; i < flat.length; i += 2) values.set(String(flat[i]), flat[i + 1] as Buffer);
  const field = (name: string): Buffer => {
    const value = values.get(name);
    if (!value) throw new Error(`DLQ entry ${entryId} of partition ${partition} lacks the field ${name}`);
    return value;
  };
  const history = decodeHistory(field('history'));
  const position = positionOf(partition, entryId);
  return {
    id: formatDeadLetterId(position),
    taskId: String(field('task')),
    clientId: String(field('client')),
    occurrence: Number(String(field('occurrence'))),
    attempts: Number(String(field('attempts'))),
    scheduledTimeMs: Number(String(field('scheduled'))),
    deadLetteredAtMs: position.ms,
    errorClass: history.at(-1)?.errorClass ?? 'lost',
    history,
    policy: decodePolicy(String(field('policy'))),
    replayOf: deadLetterIdOf(partition, String(field('replay_of'))),
    payloadBytes: field('payload').length,
    payload: field('payload'),
  };
}

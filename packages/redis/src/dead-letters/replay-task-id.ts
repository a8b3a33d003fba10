import { createHash } from 'node:crypto';
import { createTaskId, type DeadLetterPosition, formatDeadLetterId } from '@boomerang/domain';

/**
 * The id of the task that a dead letter is replayed as: always the same, so that a replay which is repeated finds the task
 * of the first one.
 */
export function replayTaskId(letter: DeadLetterPosition): string {
  const digest = createHash('sha256').update(formatDeadLetterId(letter)).digest('hex');
  const variant = '89ab'[Number.parseInt(digest.slice(0, 1), 16) % 4];
  return `${createTaskId(letter.partition, letter.ms).slice(0, 19)}${variant}${digest.slice(1, 4)}-${digest.slice(4, 16)}`;
}

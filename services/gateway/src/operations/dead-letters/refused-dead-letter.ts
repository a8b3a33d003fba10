import { BoomerangError, type DeadLetterPosition, formatDeadLetterId } from '@boomerang/domain';

/** A dead letter with which nothing was done, and why. */
export interface RefusedDeadLetter {
  readonly deadLetterId: string;
  readonly error: BoomerangError;
}

/** Said alike of dead letters that never were, that are gone, and that belong to another client. */
export const NO_SUCH_DEAD_LETTER = 'no such dead letter';

export function refusedDeadLetter(
  id: DeadLetterPosition,
  kind: 'not_found' | 'not_forwarded',
): RefusedDeadLetter {
  const error =
    kind === 'not_found'
      ? new BoomerangError('not_found', NO_SUCH_DEAD_LETTER)
      : new BoomerangError(
          'conflict',
          (spell) =>
            `it waits to be forwarded to its destination outside; ${spell('evenNotForwarded')} gives that up`,
        );
  return { deadLetterId: formatDeadLetterId(id), error };
}

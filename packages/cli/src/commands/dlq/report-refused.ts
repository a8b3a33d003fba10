import type { RefusedDeadLetter } from '@boomerang/client';
import { printJson } from '../../print.js';
import { tell } from '../../tell.js';

/** Prints the dead letters that were refused, and why. */
export function reportRefused(refused: readonly RefusedDeadLetter[], json: boolean): void {
  for (const { deadLetterId, reason } of refused) {
    if (json) printJson({ deadLetterId, refused: reason });
    else tell(`${deadLetterId}: ${reason}`);
  }
}

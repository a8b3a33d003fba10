import {
  type Expiry,
  invalidField,
  MISSED,
  OVERLAPS,
  type Recurrence,
  type TaskRequest,
} from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';

type Ends = Pick<TaskRequest, 'expiry' | 'recurrence'>;
/** What a registration says of its ends, each undefined where it says nothing. */
export interface AskedEnds {
  readonly expiresAfterMs?: number | undefined;
  readonly expiredAction?: number | undefined;
  readonly missed?: number | undefined;
  readonly overlap?: number | undefined;
  readonly maxOccurrences?: number | undefined;
  readonly untilMs?: number | undefined;
}

export const EXPIRED_ACTIONS = ['drop', 'dead_letter'] as const;

export function endsFromWire(task: boomerang.Task.$Properties): Ends {
  return endsOf({
    expiresAfterMs: task.expiresAfterMs || undefined,
    expiredAction: task.expiredAction || undefined,
    missed: task.missed || undefined,
    overlap: task.overlap || undefined,
    maxOccurrences: task.maxOccurrences || undefined,
    untilMs: task.untilMs || undefined,
  });
}

/** What is by default takes no room. @throws BoomerangError `invalid_request` */
export function endsOf(asked: AskedEnds): Ends {
  return { expiry: expiryOf(asked), recurrence: recurrenceOf(asked) };
}

function expiryOf({ expiresAfterMs, expiredAction = 0 }: AskedEnds): Expiry | undefined {
  const action = named('expiredAction', EXPIRED_ACTIONS, expiredAction);
  if (expiresAfterMs !== undefined) return { afterMs: expiresAfterMs, deadLetters: action === 'dead_letter' };
  if (action === 'drop') return undefined;
  throw invalidField(
    'expiredAction',
    'it is set',
    (spell) => `nothing, unless ${spell('expiresAfterMs')} is set`,
  );
}

function recurrenceOf({
  missed = 0,
  overlap = 0,
  maxOccurrences,
  untilMs,
}: AskedEnds): Recurrence | undefined {
  const terms = {
    missed: named('missed', MISSED, missed),
    overlap: named('overlap', OVERLAPS, overlap),
    maxOccurrences,
    untilMs,
  };
  const isDefault = missed === 0 && overlap === 0 && (maxOccurrences ?? untilMs) === undefined;
  return isDefault ? undefined : terms;
}

function named<Name extends string>(field: string, names: readonly Name[], number: number): Name {
  const name = names[number];
  if (name) return name;
  throw invalidField(field, `${number} is none`, names.map((known, i) => `${i} (${known})`).join(', '));
}

import { MISSED, OVERLAPS, type TaskDetails, type TaskRequest } from '@boomerang/domain';
import { type Static, Type } from 'typebox';
import { EXPIRED_ACTIONS, endsOf } from '../../../envelope/ends-on-wire.js';
import { ALLOWED_DURATION, durationFromJson } from './duration.js';
import { timeFromJson } from './time-from-json.js';

const Duration = Type.Union([Type.Integer(), Type.String()], { description: ALLOWED_DURATION });
const [drop, deadLetter] = EXPIRED_ACTIONS;
const [coalesce, all, skip] = MISSED;
const [allow, overlapSkip, after] = OVERLAPS;
const described = (names: readonly string[]) => ({
  description: names.map((name) => `"${name}"`).join(', '),
});

/** When occurrences expire, and how a task recurs and ends. */
export const endsFields = {
  expiresAfter: Type.Optional(Duration),
  expired: Type.Optional(
    Type.Union([Type.Literal(drop), Type.Literal(deadLetter)], described(EXPIRED_ACTIONS)),
  ),
  missed: Type.Optional(
    Type.Union([Type.Literal(coalesce), Type.Literal(all), Type.Literal(skip)], described(MISSED)),
  ),
  overlap: Type.Optional(
    Type.Union([Type.Literal(allow), Type.Literal(overlapSkip), Type.Literal(after)], described(OVERLAPS)),
  ),
  maxOccurrences: Type.Optional(Type.Integer()),
  until: Type.Optional(Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z"' })),
};
const EndsJson = Type.Object(endsFields);
type Ends = Static<typeof EndsJson>;

/** @throws BoomerangError `invalid_request` */
export function endsFromJson({
  expiresAfter,
  expired,
  missed,
  overlap,
  maxOccurrences,
  until,
}: Ends): Pick<TaskRequest, 'expiry' | 'recurrence'> {
  return endsOf({
    expiresAfterMs: expiresAfter === undefined ? undefined : durationFromJson('expiresAfterMs', expiresAfter),
    expiredAction: expired && EXPIRED_ACTIONS.indexOf(expired),
    missed: missed && MISSED.indexOf(missed),
    overlap: overlap && OVERLAPS.indexOf(overlap),
    maxOccurrences,
    untilMs: until === undefined ? undefined : timeFromJson('untilMs', until),
  });
}

export function endsToJson({ expiry, recurrence }: TaskDetails): Ends {
  return {
    ...(expiry && {
      expiresAfter: expiry.afterMs,
      expired: EXPIRED_ACTIONS[Number(expiry.deadLetters)] as (typeof EXPIRED_ACTIONS)[number],
    }),
    ...(recurrence && { missed: recurrence.missed, overlap: recurrence.overlap }),
    ...(recurrence?.maxOccurrences !== undefined && { maxOccurrences: recurrence.maxOccurrences }),
    ...(recurrence?.untilMs !== undefined && { until: new Date(recurrence.untilMs).toISOString() }),
  };
}

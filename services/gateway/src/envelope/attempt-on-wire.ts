import {
  type AttemptRecord,
  ERROR_CLASSES,
  type ErrorClass,
  errorClassOf,
  invalidField,
  outcomeNumber,
} from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { Outcome } = boomerang.AttemptRecord;

export function attemptToWire(attempt: AttemptRecord): boomerang.AttemptRecord.$Properties {
  return { ...attempt, outcome: outcomeNumber(attempt.outcome) };
}

/**
 * The error class that a filter names; undefined = any.
 *
 * @throws BoomerangError `invalid_request` for an outcome that is no failure, or none at all.
 */
export function errorClassFromWire(code: number): ErrorClass | undefined {
  if (code === Outcome.UNSPECIFIED) return undefined;
  const found = errorClassOf(code);
  if (found) return found;
  const allowed = ERROR_CLASSES.map(outcomeNumber).map((number) => `${Outcome[number]} (${number})`);
  throw invalidField('filter.errorClass', `${Outcome[code] ?? code} is no failure`, allowed.join(', '));
}

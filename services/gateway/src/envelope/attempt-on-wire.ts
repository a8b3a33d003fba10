import { type AttemptRecord, ERROR_CLASSES, type ErrorClass, invalidField } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { Outcome } = boomerang.AttemptRecord;

const OUTCOMES: Readonly<Record<AttemptRecord['outcome'], boomerang.AttemptRecord.Outcome>> = {
  delivered: Outcome.DELIVERED,
  sent: Outcome.SENT,
  stop: Outcome.STOPPED,
  connect: Outcome.CONNECT,
  timeout: Outcome.TIMEOUT,
  reset: Outcome.RESET,
  protocol: Outcome.PROTOCOL,
  rejected: Outcome.REJECTED,
  address: Outcome.ADDRESS,
  unsendable: Outcome.UNSENDABLE,
  lost: Outcome.LOST,
};

export function attemptToWire(attempt: AttemptRecord): boomerang.AttemptRecord.$Properties {
  return { ...attempt, outcome: OUTCOMES[attempt.outcome] };
}

export function errorClassToWire(errorClass: ErrorClass): boomerang.AttemptRecord.Outcome {
  return OUTCOMES[errorClass];
}

/**
 * The error class that a filter names; undefined = any.
 *
 * @throws BoomerangError `invalid_request` for an outcome that is no failure, or none at all.
 */
export function errorClassFromWire(code: number): ErrorClass | undefined {
  if (code === Outcome.UNSPECIFIED) return undefined;
  const found = ERROR_CLASSES.find((errorClass) => OUTCOMES[errorClass] === code);
  if (found) return found;
  const allowed = ERROR_CLASSES.map(
    (errorClass) => `${Outcome[OUTCOMES[errorClass]]} (${OUTCOMES[errorClass]})`,
  );
  throw invalidField('filter.errorClass', `${Outcome[code] ?? code} is no failure`, allowed.join(', '));
}

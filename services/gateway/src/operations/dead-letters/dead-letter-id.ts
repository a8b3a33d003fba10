import { type DeadLetterPosition, invalidField, parseDeadLetterId, quote } from '@boomerang/domain';

/** @throws BoomerangError `invalid_request` for what can't be a dead letter's id. */
export function requireDeadLetterId(field: string, text: string): DeadLetterPosition {
  const id = parseDeadLetterId(text);
  if (id) return id;
  throw invalidField(
    field,
    `${quote(text)} is not a dead letter's id`,
    (spell) => `${spell('deadLetterId')} as a list tells it`,
  );
}

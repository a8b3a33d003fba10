import { invalidField, quote } from '@boomerang/domain';

/** @throws BoomerangError `invalid_request` about `timeZone` when this process doesn't know it. */
export function requireTimeZone(timeZone: string): void {
  if (isKnown(timeZone)) return;
  throw invalidField(
    'timeZone',
    quote(timeZone),
    'a name of the IANA time zone database, such as Europe/Berlin',
  );
}

/** An offset such as +02:00 is no zone: it knows no change of clocks. */
function isKnown(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

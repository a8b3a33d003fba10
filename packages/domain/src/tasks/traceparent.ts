import { invalidField } from '../errors.js';
import { quote } from '../quote.js';

/** W3C Trace Context, 3.2: version, trace id, parent id and flags, of which neither id is all zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text);
}

/** @throws BoomerangError `invalid_request` unless it can be passed on. */
export function requireTraceparent(text: string): void {
  if (isTraceparent(text)) return;
  const allowed =
    'version, trace id, parent id and flags by W3C Trace Context, such as "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"';
  throw invalidField('traceparent', `${quote(text)} is none`, allowed);
}

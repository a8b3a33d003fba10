import { invalidField, type Wording } from '../errors.js';
import { quote } from '../quote.js';
import type { HttpCallback } from './callback.js';

const MAX_LENGTH = 255;
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const VALUE = `(${TOKEN}|"[^"\\\\\\x00-\\x1f\\x7f-\\uffff]*")`;
/** RFC 9110, 8.3.1, in ASCII and without escapes. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}( *; *${TOKEN}=${VALUE})*$`);

/** @throws BoomerangError `invalid_request` unless the content type is one, and of a body that is raw. */
export function validateContentType({ format, rawContentType }: HttpCallback): void {
  if (rawContentType === undefined) return;
  const refuse = (problem: string, allowed: Wording) =>
    invalidField('callback.rawContentType', problem, allowed);
  if (format !== 'RAW') {
    throw refuse('an envelope has its own content type', (spell) => `only with ${spell('format')} RAW`);
  }
  if (rawContentType.length > MAX_LENGTH || !MEDIA_TYPE.test(rawContentType)) {
    const allowed = `type/subtype, with parameters or not, at most ${MAX_LENGTH} ASCII characters`;
    throw refuse(`${quote(rawContentType)} is not a content type`, allowed);
  }
}

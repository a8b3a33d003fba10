import { invalidField } from '../errors.js';

/** A client's key, `bmr_<keyId>_<secret>`, taken apart. */
export interface ClientKey {
  /** Public part that finds the key: 1 to 64 letters, digits or "-". */
  readonly keyId: string;
  /** 32 to 512 printable ASCII characters without blanks. */
  readonly secret: string;
}

/** What a key looks like, for people. */
export const CLIENT_KEY_FORM =
  'bmr_<key id: 1 to 64 letters, digits or "-">_<secret: 32 to 512 printable ASCII characters, no blanks>';

const KEY = /^bmr_([A-Za-z0-9-]{1,64})_([\x21-\x7e]{32,512})$/;

/** The parts of a key, or undefined if `text` has not the form of one. */
export function parseClientKey(text: string): ClientKey | undefined {
  const match = KEY.exec(text);
  return match?.[1] && match[2] ? { keyId: match[1], secret: match[2] } : undefined;
}

const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws BoomerangError `invalid_request` unless `text` can name a client. */
export function validateClientId(text: string): void {
  if (CLIENT_ID.test(text)) return;
  const allowed = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
  throw invalidField('client', `${JSON.stringify(text)} is not a client's name`, allowed);
}

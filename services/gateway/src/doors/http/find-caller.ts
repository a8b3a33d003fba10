import { BoomerangError, type Caller } from '@boomerang/domain';
import type { Authentication } from '../../operations/authentication/authentication.js';
import type { Shown } from '../../operations/authentication/certificate-clients.js';
import type { Sessions } from '../../operations/sessions/sessions.js';

/** Session ids are UUIDs; neither keys nor tokens look like one. */
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What a request shows; '' for no header where there is a certificate instead.
 *
 * @throws BoomerangError `unauthorized` for no header, and for another form of it.
 */
export function bearerOf(header: string | undefined, certificate: Shown['certificate']): string {
  if (header === undefined && certificate()) return '';
  const [, bearer] = /^bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const problem =
    header === undefined ? 'there is no Authorization header' : 'the Authorization header has another form';
  throw new BoomerangError(
    'unauthorized',
    `${problem}; send "Authorization: Bearer <API key, token or session id>"`,
  );
}

export function isSessionId(bearer: string): boolean {
  return SESSION_ID.test(bearer);
}

/** Rejects when a caller whom `findCaller` found is not good any more. */
export async function requireStillGood(
  { authentication, sessions }: { readonly authentication: Authentication; readonly sessions: Sessions },
  bearer: string,
  caller: Caller,
): Promise<void> {
  if (isSessionId(bearer)) await sessions.callerOf(bearer);
  else await authentication.stillGood(bearer, caller);
}

/** Whoever shows an API key, a token, the id of a session or, without these, a certificate. */
export function findCaller(
  { authentication, sessions }: { readonly authentication: Authentication; readonly sessions: Sessions },
  shown: Shown,
): Caller | Promise<Caller> {
  return isSessionId(shown.key) ? sessions.callerOf(shown.key) : authentication.callerOf(shown);
}

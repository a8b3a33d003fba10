import { invalidField } from '../errors.js';
import { quote } from '../quote.js';
import type { SealedHeaders } from './callback.js';

/** Headers of a client's own for its callbacks over HTTP, by their names in lower case. */
export type CustomHeaders = Readonly<Record<string, string>>;

/** Hides values of headers from whoever reads Redis, and binds them to their client. */
export interface HeaderSeal {
  /** The same for the same headers. Rejects with BoomerangError `invalid_request` where there is no master key. */
  seal(clientId: string, headers: CustomHeaders): Promise<SealedHeaders>;
  /** @throws when they were sealed under another master key or for another client. */
  open(clientId: string, sealed: SealedHeaders): CustomHeaders;
}

const MOST_HEADERS = 32;
const MOST_BYTES = 4_096;
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Visible ASCII, with blanks and tabs inside. */
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

/** What says how a message is read, or what Boomerang says itself: never a client's. */
const RESERVED =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|content-.*|boomerang-.*|webhook-.*)$/;

/** What a client may set where nothing else is said; "*" at the end stands for any further characters. */
export const DEFAULT_ALLOWED_HEADERS: readonly string[] = [
  'accept',
  'accept-language',
  'api-key',
  'apikey',
  'authorization',
  'idempotency-key',
  'if-match',
  'prefer',
  'private-token',
  'user-agent',
  'x-*',
];

/**
 * The headers by their names in lower case.
 *
 * @param allowed names, or beginnings of names with "*" behind them.
 * @throws BoomerangError `invalid_request` that names the header and what is allowed, never a value.
 */
export function requireCustomHeaders(
  headers: Readonly<Record<string, string>>,
  allowed: readonly string[],
): CustomHeaders {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (entries.length > MOST_HEADERS)
    throw refuse(`there are ${entries.length}`, `at most ${MOST_HEADERS} headers`);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > MOST_BYTES) throw refuse(`names and values have ${bytes} characters`, `at most ${MOST_BYTES}`);
  for (const [name, value] of entries) {
    if (!NAME.test(name) || RESERVED.test(name) || !allowed.some((pattern) => fits(pattern, name)))
      throw refuse(`${quote(name)} can't be set`, allowed.length === 0 ? 'none' : allowed.join(', '));
    if (!VALUE.test(value))
      throw refuse(`the value of ${name} fits no header`, 'visible ASCII characters, with blanks inside');
  }
  const unique = new Map(entries);
  if (unique.size < entries.length) throw refuse('a name is there twice', 'each name once, in whatever case');
  return Object.fromEntries([...unique].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function refuse(problem: string, allowed: string) {
  return invalidField('callback.headers', problem, allowed);
}

import { join } from 'node:path';
import { type Environment, readConfig } from '@boomerang/runtime';
import { badOption } from '../options.js';
import { keptSecret } from '../state/kept-secret.js';
import { runningStack } from '../state/stack-file.js';
import { stateFolder } from '../state/state-folder.js';
import { UsageError } from '../usage-error.js';
import { readProfileFile, type StoredProfile } from './profile-file.js';
import { remoteSettings } from './settings.js';

/** What every command takes that asks a gateway. */
export interface RemoteOptions {
  readonly url?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

export interface Profile {
  readonly url: string;
  readonly key: string | undefined;
  /** Where the URL stands, for people. */
  readonly source: string;
}

const DEFAULT_URL = 'http://127.0.0.1:8080';
const ALLOWED_URL = 'http://host:port or https://host:port';

/**
 * Which gateway to ask, and with which key: by option, environment, profile, the stack that runs here, in this order. A key goes
 * only where it belongs: that of a profile, or of the stack, to no other URL.
 *
 * @throws UsageError
 */
export function findProfile(env: Environment, options: RemoteOptions): Profile {
  const { url, source, key } = findUrl(env, options);
  const checked = checkUrl(source, url);
  const named = options.profile === undefined ? undefined : key;
  const { token } = readConfig(remoteSettings, env);
  return { url: checked, source, key: named ?? token ?? key ?? keyOfStack(checked) };
}

/** @throws UsageError without a key. */
export function requireKey({ key, url }: Profile): string {
  if (key !== undefined) return key;
  throw new UsageError(
    `there is no key for ${url}: set BOOMERANG_TOKEN to a key of a client (bmr_…), or keep one with ` +
      '`boomerang profile set NAME --url URL`, or run a stack here with `boomerang up`',
  );
}

function findUrl(
  env: Environment,
  { url, profile }: RemoteOptions,
): { url: string; source: string; key?: string } {
  if (url !== undefined) return { url, source: '--url' };
  const settings = readConfig(remoteSettings, env);
  const named = profile ?? settings.profile;
  if (named === undefined && settings.url !== undefined)
    return { url: settings.url, source: 'BOOMERANG_URL' };
  const file = readProfileFile(env);
  const name = named ?? file.current;
  if (name !== undefined)
    return { ...requireProfile(file.profiles, name), source: `the profile ${JSON.stringify(name)}` };
  const stack = runningStack(stateFolder())?.http;
  return stack
    ? { url: stack, source: 'the stack that runs here' }
    : { url: DEFAULT_URL, source: 'the default' };
}

function requireProfile(profiles: Readonly<Record<string, StoredProfile>>, name: string): StoredProfile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found) return found;
  const names = Object.keys(profiles);
  const known = names.length > 0 ? `the profiles are ${names.join(', ')}` : 'there is none yet';
  throw new UsageError(
    `there is no profile ${JSON.stringify(name)}: ${known}; \`boomerang profile set\` makes one`,
  );
}

export function checkUrl(source: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
  if (plain) return url.href.replace(/\/+$/, '');
  throw badOption(source, text, ALLOWED_URL);
}

/** The development client's, if the URL is that of a stack which runs here. */
function keyOfStack(url: string): string | undefined {
  const state = stateFolder();
  const stack = runningStack(state)?.http;
  return stack === url ? keptSecret(join(state, 'dev-token')) : undefined;
}

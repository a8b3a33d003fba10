import { text } from 'node:stream/consumers';
import { type Environment, readConfig } from '@boomerang/runtime';
import { printRows } from '../../print-rows.js';
import { checkUrl } from '../../remote/find-profile.js';
import { profileFilePath, readProfileFile, writeProfileFile } from '../../remote/profile-file.js';
import { remoteSettings } from '../../remote/settings.js';
import { tell } from '../../tell.js';
import { UsageError } from '../../usage-error.js';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Keeps a gateway's URL and a key under a name; the first one becomes the one that is used. */
export async function setProfile(
  env: Environment,
  name: string,
  { url }: { readonly url: string },
): Promise<void> {
  if (!NAME.test(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} can't be a profile's name; allowed: 1 to 64 letters, digits, ".", "_" or "-"`,
    );
  }
  const given = readConfig(remoteSettings, env).token;
  const key = given ?? (process.stdin.isTTY ? undefined : (await text(process.stdin)).trim());
  const file = readProfileFile(env);
  const profile = { url: checkUrl('--url', url), ...(key && { key }) };
  writeProfileFile(env, { current: name, ...file, profiles: { ...file.profiles, [name]: profile } });
  tell(
    `kept ${name} in ${profileFilePath(env)}${key ? '' : ', without a key: BOOMERANG_TOKEN has to be set'}`,
  );
}

export function listProfiles(env: Environment, options: { readonly json?: boolean }): void {
  const { current, profiles } = readProfileFile(env);
  const rows = Object.entries(profiles).map(([name, { url, key }]) => ({
    name,
    url,
    hasKey: key !== undefined,
    current: name === current,
  }));
  printRows(
    rows,
    [
      { heading: 'NAME', cell: ({ name }) => name },
      { heading: 'URL', cell: ({ url }) => url },
      { heading: 'KEY', cell: ({ hasKey }) => (hasKey ? 'kept' : 'none') },
      { heading: 'USED', cell: ({ current: used }) => (used ? 'yes' : 'no') },
    ],
    options,
  );
  if (rows.length === 0) tell(`no profiles in ${profileFilePath(env)}`);
}

export function useProfile(env: Environment, name: string): void {
  const file = readProfileFile(env);
  requireProfile(file.profiles, name);
  writeProfileFile(env, { ...file, current: name });
}

export function removeProfile(env: Environment, name: string): void {
  const { current, profiles } = readProfileFile(env);
  requireProfile(profiles, name);
  const { [name]: _, ...rest } = profiles;
  writeProfileFile(env, { ...(current !== undefined && current !== name && { current }), profiles: rest });
}

function requireProfile(profiles: object, name: string): void {
  if (Object.hasOwn(profiles, name)) return;
  throw new UsageError(
    `there is no profile ${JSON.stringify(name)}; \`boomerang profile list\` tells which there are`,
  );
}

import { join } from 'node:path';
import { type AuditAction, type NewKey, parseClientKey } from '@boomerang/domain';
import { type ClientDirectory, createClientDirectory } from '@boomerang/redis';
import { type Environment, readConfig } from '@boomerang/runtime';
import { stackSettings } from '../../stack/settings.js';
import { keptSecret } from '../../state/kept-secret.js';
import { stateFolder } from '../../state/state-folder.js';
import { tell } from '../../tell.js';
import { audited } from './audited.js';
import { type KeyOptions, parseKeyOptions } from './key-options.js';

/** Makes a client and prints its first key, which can't be shown again. */
export async function createClient(env: Environment, name: string, options: KeyOptions): Promise<void> {
  const asked = parseKeyOptions(options);
  await printNewKey(env, { action: 'client.create', clientId: name }, asked, async (directory) => {
    await directory.create(name);
    const key = await directory.addKey(name, asked);
    tell(`client ${name} is made; this is its key, which can't be shown again:`);
    return key;
  });
}

/** Gives a client a further key and prints it. */
export async function addClientKey(env: Environment, name: string, options: KeyOptions): Promise<void> {
  const asked = parseKeyOptions(options);
  await printNewKey(env, { action: 'key.add', clientId: name }, asked, async (directory) => {
    const key = await directory.addKey(name, asked);
    tell(`this is a new key of client ${name}, which can't be shown again:`);
    return key;
  });
}

async function printNewKey(
  env: Environment,
  deed: { readonly action: AuditAction; readonly clientId: string },
  { permissions = [], name = '' }: NewKey,
  make: (directory: ClientDirectory) => Promise<string>,
): Promise<void> {
  const { keyPepper } = readConfig(stackSettings, env);
  const pepper = keyPepper ?? keptSecret(join(stateFolder(), 'key-pepper'));
  if (pepper === undefined) {
    throw new Error(
      'BOOMERANG_KEY_PEPPER is not set, and `npm start` has left none here: set it to the value that the gateways have',
    );
  }
  if (permissions.includes('admin'))
    tell('the new key has the permission admin: it may be used for whatever concerns other clients');
  const details = { permissions: permissions.join(','), name };
  await audited(
    env,
    { ...deed, details },
    async (redis) => {
      const key = await make(createClientDirectory(redis, pepper));
      process.stdout.write(`${key}\n`);
      return key;
    },
    keyIdOf,
  );
}

function keyIdOf(key: string): string {
  return parseClientKey(key)?.keyId ?? '';
}

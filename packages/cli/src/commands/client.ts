import { join } from 'node:path';
import { type ClientDirectory, connectRedis, createClientDirectory } from '@boomerang/redis';
import { type Environment, readConfig } from '@boomerang/runtime';
import { stackSettings } from '../stack/settings.js';
import { keptSecret } from '../state/kept-secret.js';
import { runningRedis } from '../state/stack-file.js';
import { stateFolder } from '../state/state-folder.js';
import { tell } from '../tell.js';

/** Makes a client and prints its first key, which can't be shown again. */
export function createClient(env: Environment, name: string): Promise<void> {
  return printNewKey(env, async (directory) => {
    await directory.create(name);
    const key = await directory.addKey(name);
    tell(`client ${name} is made; this is its key, which can't be shown again:`);
    return key;
  });
}

/** Gives a client a further key and prints it. */
export function addClientKey(env: Environment, name: string): Promise<void> {
  return printNewKey(env, async (directory) => {
    const key = await directory.addKey(name);
    tell(`this is a new key of client ${name}, which can't be shown again:`);
    return key;
  });
}

async function printNewKey(
  env: Environment,
  make: (directory: ClientDirectory) => Promise<string>,
): Promise<void> {
  const { redisUrl, keyPepper } = readConfig(stackSettings, env);
  const state = stateFolder();
  const pepper = keyPepper ?? keptSecret(join(state, 'key-pepper'));
  if (pepper === undefined) {
    throw new Error(
      "BOOMERANG_KEY_PEPPER is not set, and there is none of an `npm start` either: set the gateway's",
    );
  }
  const url = redisUrl?.join(',') ?? runningRedis(state) ?? 'redis://127.0.0.1:6379';
  const redis = await connectRedis({ url, name: 'cli', commandTimeoutMs: 5_000 });
  try {
    process.stdout.write(`${await make(createClientDirectory(redis, pepper))}\n`);
  } finally {
    redis.disconnect();
  }
}

import { BoomerangError } from '@boomerang/domain';
import type { ClientDirectory } from '@boomerang/redis';
import { keepSecret, keptSecret } from '../state/kept-secret.js';

export const DEV_CLIENT = 'dev';

/**
 * The development client's key: `given`, or the one that is kept in `file`, or a new one, which is kept there. If this Redis
 * doesn't know the key, it is added.
 */
export async function developmentToken(
  directory: ClientDirectory,
  file: string,
  given: string | undefined,
): Promise<string> {
  const kept = given ?? keptSecret(file);
  if (kept === undefined) {
    const token = await createDevToken(directory);
    keepSecret(file, token);
    return token;
  }
  try {
    await ensureDevToken(directory, kept);
    return kept;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (given !== undefined) throw new Error(`BOOMERANG_DEV_TOKEN: ${error.message}`, { cause: error });
    // This Redis knows another key with that id, or this one was revoked, or made under another pepper.
    return createDevToken(directory);
  }
}

/** A new key of the development client. */
export async function createDevToken(directory: ClientDirectory): Promise<string> {
  await ensureDevClient(directory);
  return directory.addKey(DEV_CLIENT);
}

/**
 * Makes sure that `token` is a key in this Redis: one that is not becomes a key of the development client.
 *
 * @throws BoomerangError `invalid_request` when it has not the form of a key, `conflict` when this Redis knows another key of its
 *   id.
 */
async function ensureDevToken(directory: ClientDirectory, token: string): Promise<void> {
  if (await directory.authenticate(token)) return;
  await ensureDevClient(directory);
  await directory.addKey(DEV_CLIENT, { key: token }).catch(async (error: unknown) => {
    // Another stack on the same Redis may have been faster.
    if (!(await directory.authenticate(token))) throw error;
  });
}

async function ensureDevClient(directory: ClientDirectory): Promise<void> {
  await directory.create(DEV_CLIENT).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
}

/** Not the form of a key, or a name that is taken. */
function isRefusal(error: unknown): error is BoomerangError {
  return error instanceof BoomerangError && ['invalid_request', 'conflict'].includes(error.code);
}

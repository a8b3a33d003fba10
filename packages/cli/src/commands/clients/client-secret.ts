import { join } from 'node:path';
import { formatWebhookSecret } from '@boomerang/protocol';
import { openSigningSecrets, type SigningSecretDirectory } from '@boomerang/redis';
import { type Environment, readConfig } from '@boomerang/runtime';
import { stackSettings } from '../../stack/settings.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';
import { keptSecret } from '../../state/kept-secret.js';
import { stateFolder } from '../../state/state-folder.js';
import { tell } from '../../tell.js';
import { audited, type Deed } from './audited.js';

/** Makes a client's first signing secret and prints it. From then on its callbacks are signed. */
export function createSecret(env: Environment, client: string): Promise<void> {
  return changeSecrets(env, { action: 'secret.create', clientId: client }, async (secrets) => {
    if ((await secrets.list(client)).length > 0) {
      throw new Error(`client ${client} has a signing secret already: rotate it`);
    }
    await printNew(secrets, client);
  });
}

/** Makes a further signing secret and prints it. Both sign until one is revoked. */
export function rotateSecret(env: Environment, client: string): Promise<void> {
  return changeSecrets(env, { action: 'secret.rotate', clientId: client }, async (secrets) => {
    const [old] = await secrets.list(client);
    if (!old) throw new Error(`client ${client} has no signing secret to rotate: create one`);
    await printNew(secrets, client);
    tell(
      `callbacks are signed with both until you revoke the old one: client secret revoke ${client} ${old.secretId}`,
    );
  });
}

/** Prints a line of id and time for each live secret. */
export function listSecrets(env: Environment, client: string): Promise<void> {
  return withSecrets(env, async (secrets) => {
    for (const { secretId, createdAt } of await secrets.list(client)) {
      process.stdout.write(`${secretId} ${createdAt}\n`);
    }
  });
}

export function revokeSecret(env: Environment, client: string, secretId: string): Promise<void> {
  return changeSecrets(
    env,
    { action: 'secret.revoke', clientId: client, details: { secretId } },
    async (secrets) => {
      if (!(await secrets.revoke(client, secretId))) {
        throw new Error(`client ${client} has no signing secret ${secretId}`);
      }
      const left = (await secrets.list(client)).length;
      tell(
        left > 0
          ? `secret ${secretId} is revoked; callbacks are signed with the other one`
          : `client ${client} has no signing secret left: its callbacks are not signed any more`,
      );
    },
  );
}

async function printNew(secrets: SigningSecretDirectory, client: string): Promise<void> {
  const { secretId, key } = await secrets.add(client);
  tell(`this is signing secret ${secretId} of client ${client}, which can't be shown again:`);
  process.stdout.write(`${formatWebhookSecret(key)}\n`);
}

function withSecrets(
  env: Environment,
  work: (secrets: SigningSecretDirectory) => Promise<void>,
): Promise<void> {
  const key = requireMasterKey(env);
  return withStackRedis(env, async (redis) => work(await openSigningSecrets(redis, key)));
}

/** The same, written to the audit log. */
function changeSecrets(
  env: Environment,
  deed: Deed,
  work: (secrets: SigningSecretDirectory) => Promise<void>,
): Promise<void> {
  const key = requireMasterKey(env);
  return audited(env, deed, async (redis) => work(await openSigningSecrets(redis, key)));
}

function requireMasterKey(env: Environment): Buffer {
  const { masterKey } = readConfig(stackSettings, env);
  const kept = keptSecret(join(stateFolder(), 'master-key'));
  const key = masterKey ?? (kept === undefined ? undefined : Buffer.from(kept, 'base64url'));
  if (key) return Buffer.from(key);
  throw new Error(
    'BOOMERANG_MASTER_KEY is not set, and `npm start` has left none here: set it to the value that the workers have',
  );
}

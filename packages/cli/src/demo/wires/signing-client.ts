import { formatWebhookSecret } from '@boomerang/protocol';
import { createClientDirectory, openSigningSecrets, type RedisConnection } from '@boomerang/redis';
import type { DemoStack } from '../demo-stack.js';

const NAME = 'signer';

export interface SigningClient {
  readonly token: string;
  /** `whsec_…` */
  readonly secret: string;
}

/** Makes a client whose callbacks are signed from the first one on, as `npm run client` does. */
export async function createSigningClient(
  redis: RedisConnection,
  { keyPepper, masterKey }: Pick<DemoStack, 'keyPepper' | 'masterKey'>,
): Promise<SigningClient> {
  const clients = createClientDirectory(redis, keyPepper);
  await clients.create(NAME);
  const { key } = await (await openSigningSecrets(redis, masterKey)).add(NAME);
  return { token: await clients.addKey(NAME), secret: formatWebhookSecret(key) };
}

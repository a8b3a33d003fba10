import { connectRedis, createClientDirectory } from '@boomerang/redis';

const PEPPER = 'pepper of the bench, used nowhere else';
const MASTER_KEY = '0'.repeat(64);

/** Settings of the services that are not named here can be tried from outside: BOOMERANG_ENDPOINT_SLOTS=128 npm run … */
export function serviceEnvironment(redisUrl: string): Record<string, string> {
  return {
    BOOMERANG_REDIS_URL: redisUrl,
    BOOMERANG_HOST: '127.0.0.1',
    BOOMERANG_TCP_PORT: '0',
    BOOMERANG_GRPC_PORT: '0',
    BOOMERANG_HTTP_PORT: '0',
    BOOMERANG_KEY_PEPPER: PEPPER,
    BOOMERANG_MASTER_KEY: MASTER_KEY,
    // One client is all the load.
    BOOMERANG_CLIENT_REGISTRATIONS_PER_SECOND: '1000000',
    BOOMERANG_CALLBACK_ALLOW: '127.0.0.0/8',
    BOOMERANG_LOG_LEVEL: 'info',
  };
}

/** Makes a client; its key. */
export async function createBenchClient(url: string, name = 'bench'): Promise<string> {
  const connection = await connectRedis({ url, name: 'bench' });
  const clients = createClientDirectory(connection, PEPPER);
  await clients.create(name);
  const token = await clients.addKey(name);
  connection.disconnect();
  return token;
}

import type { ClientOverview } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { countDeadLetters } from '../dead-letters/purge-all-dead-letters.js';
import { globalKeys } from '../partitions/keys.js';
import { readPartitions } from '../partitions/partitions.js';
import { countTasks } from '../tasks/cancel-all-tasks.js';
import { listClients } from './read-clients.js';
import { noSuchClient } from './stored-client.js';

/** It looks through all of Redis. @throws BoomerangError `not_found` */
export async function showClient(redis: RedisConnection, clientId: string): Promise<ClientOverview> {
  const client = (await listClients(redis)).find((each) => each.clientId === clientId);
  if (!client) throw noSuchClient(clientId);
  const partitions = await readPartitions(redis);
  const [tasks, deadLetters, signingSecrets] = await Promise.all([
    countTasks(redis, partitions, clientId),
    countDeadLetters(redis, partitions, clientId),
    redis.hlen(globalKeys.signingSecrets(clientId)),
  ]);
  return { ...client, tasks, deadLetters, signingSecrets };
}

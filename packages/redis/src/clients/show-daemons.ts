import type { ConnectedDaemon } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { loadScripts } from '../engine/scripts.js';
import { listDaemons } from '../executions/list-daemons.js';
import { readPartitionCounts } from '../partitions/partition-counts.js';
import { loadPartitionMap } from '../partitions/partition-map.js';
import { listClients } from './read-clients.js';
import { noSuchClient } from './stored-client.js';

/** A client's daemons that are connected. It looks through all clients. @throws BoomerangError `not_found` */
export async function showDaemons(redis: RedisConnection, clientId: string): Promise<ConnectedDaemon[]> {
  if (!(await listClients(redis)).some((each) => each.clientId === clientId)) throw noSuchClient(clientId);
  const counts = await readPartitionCounts(redis);
  // Without partitions nothing was ever stored, and looking is not to change that.
  if (!counts) return [];
  return listDaemons(loadScripts(redis), await loadPartitionMap(redis, counts.read), clientId);
}

import type { ClientDetails } from '@boomerang/domain';
import { listClients } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { formatTable, printJson, printLine } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';
import { tell } from '../../tell.js';
import { isLive, stateOfClient } from './states.js';

const HEADINGS = ['CLIENT', 'CREATED', 'KEYS', 'LAST USED', 'STATE'];

/** Prints all clients by name. */
export async function printClients(env: Environment, { json = false }): Promise<void> {
  const clients = await withStackRedis(env, listClients);
  if (json) for (const client of clients) printJson(client);
  else if (clients.length === 0) tell('no clients');
  else for (const line of formatTable([HEADINGS, ...clients.map(toRow)])) printLine(line);
}

function toRow(client: ClientDetails): string[] {
  const { clientId, createdAt, keys } = client;
  const lastUsed = keys
    .map(({ lastUsedAt = '' }) => lastUsedAt)
    .sort()
    .at(-1);
  return [
    clientId,
    createdAt,
    String(keys.filter(isLive).length),
    lastUsed || 'never',
    stateOfClient(client),
  ];
}

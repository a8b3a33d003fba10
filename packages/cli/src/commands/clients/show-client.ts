import type { ClientOverview, KeyDetails } from '@boomerang/domain';
import { showClient } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { formatTable, harmless, printJson, printLine } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';
import { stateOfClient, stateOfKey } from './states.js';

const HEADINGS = ['KEY ID', 'NAME', 'PERMISSIONS', 'ADDRESSES', 'CREATED', 'LAST USED', 'STATE'];

/** Prints a client, its keys, and how many tasks, dead letters and signing secrets it has. */
export async function printClient(env: Environment, clientId: string, { json = false }): Promise<void> {
  const client = await withStackRedis(env, (redis) => showClient(redis, clientId));
  if (json) return printJson(client);
  for (const line of formatTable([...facts(client)])) printLine(line);
  printLine('');
  for (const line of formatTable([HEADINGS, ...client.keys.map(toRow)])) printLine(line);
}

function facts(client: ClientOverview): string[][] {
  return [
    ['client', client.clientId],
    ['created', client.createdAt],
    ['state', stateOfClient(client)],
    ['tasks that have not ended', String(client.tasks)],
    ['dead letters', String(client.deadLetters)],
    ['signing secrets', String(client.signingSecrets)],
  ];
}

function toRow(key: KeyDetails): string[] {
  return [
    key.keyId,
    harmless(key.name),
    key.permissions.join(','),
    key.addresses?.join(',') ?? 'any',
    key.createdAt ?? 'unknown',
    key.lastUsedAt ?? 'never',
    stateOfKey(key),
  ];
}

import type { RedisConnection } from '../connection/connection.js';
import { type PartitionKeys, TICKET_QUEUE } from '../partitions/keys.js';
import { readLua } from '../scripts-folder.js';
import { commandDenial, type Denial } from './denial.js';
import { TRIED_IN_SCRIPTS, TRIED_KINDS } from './required-access.js';
import { tryKeysTogether } from './try-connection.js';

/**
 * The permissions that the user lacks in a partition. Every command of scripts and queue is tried once, on keys of its own.
 *
 * @throws when it can't be tried just now.
 */
export async function tryPartition(connection: RedisConnection, keys: PartitionKeys): Promise<Denial[]> {
  const { probePrefix, queuePrefix, ...others } = keys;
  const tried = TRIED_KINDS.map((kind) => probePrefix + kind);
  const ofQueue = `${queuePrefix}:${TICKET_QUEUE}:wait`;
  const denied = await tryKeysTogether(connection, [...Object.values(others), ofQueue, ...tried]);
  if (denied.length > 0) return denied;

  const withKeys = (command: string) => command.replace(/\$(\w+)/g, (_, kind: string) => probePrefix + kind);
  const commands = [
    ...tried.map((key) => `DEL ${key}`),
    ...TRIED_IN_SCRIPTS.map(withKeys),
    ...channelsOf(keys).map((channel) => `PUBLISH ${channel} probe`),
  ];
  const args = commands.map((command) => JSON.stringify(command.split(' ')));
  const reply = await connection.eval(readLua('access/try-commands.lua'), tried.length, ...tried, ...args);
  return toDenials(commands, reply as (number | string)[]);
}

/** The channels of a partition. */
export function channelsOf({ wakeChannel, executionPrefix }: PartitionKeys): string[] {
  return [wakeChannel, `${executionPrefix}wake`];
}

function toDenials(commands: readonly string[], [number, message, ...rest]: (number | string)[]): Denial[] {
  if (number === undefined) return [];
  const denial = commandDenial(commands[Number(number) - 1] as string, String(message));
  return [denial, ...toDenials(commands, rest)];
}

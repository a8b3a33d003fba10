import { setTimeout as sleep } from 'node:timers/promises';
import { BoomerangError, MOST_TRUST_MS } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { countDeadLetters, purgeAllDeadLetters } from '../dead-letters/purge-all-dead-letters.js';
import { loadScripts } from '../engine/scripts.js';
import { globalKeys } from '../partitions/keys.js';
import { readPartitions } from '../partitions/partitions.js';
import { cancelAllTasks, countTasks } from '../tasks/cancel-all-tasks.js';
import { endAccess } from './end-access.js';
import { noSuchClient, type StoredClient } from './stored-client.js';

/** What was removed with a client, by this call: one that goes on where another was interrupted removes the rest. */
export interface RemovalReceipt {
  readonly keys: number;
  readonly sessions: number;
  readonly signingSecrets: number;
  readonly tasks: number;
  /** Of the tasks, those of which an attempt was under way, which may still have reached its receiver. */
  readonly attemptsUnderWay: number;
  readonly deadLetters: number;
  /** Of the dead letters, those that their destination outside had not got yet. */
  readonly notForwarded: number;
  /** ISO 8601: when an interrupted removal had begun that this one went on with. */
  readonly begunAt: string | undefined;
}

export interface RemovalOptions {
  /** Whether to cancel its tasks and purge its dead letters. Without, a client that has any is not removed. */
  readonly withTasks: boolean;
}

/**
 * A request that a gateway had let in before the client was marked may write this long after the trust in its session
 * ended, ms.
 */
const LATE_WRITE_MS = 1_500;

/**
 * Removes a client with all that it has: keys and sessions first, so that nothing comes any more, its record last. Whoever
 * calls it again after it was interrupted goes on with what is left.
 *
 * @throws BoomerangError `not_found` when there is no such client, `conflict` when it has tasks or dead letters and they
 * are not to go.
 */
export async function removeClient(
  redis: RedisConnection,
  clientId: string,
  { withTasks }: RemovalOptions,
): Promise<RemovalReceipt> {
  const place = globalKeys.client(clientId);
  const before = await read(redis, clientId);
  const refuseIfBusy = async (changed: string) => {
    const [tasks, deadLetters] = await countAll(redis, clientId);
    if (!withTasks && tasks + deadLetters > 0) throw stillHas(clientId, tasks, deadLetters, changed);
  };
  const nothing = 'nothing was changed';
  const accessEnded = 'its keys and sessions have ended already';
  await refuseIfBusy(before.removingSince === undefined ? nothing : accessEnded);

  const marked: StoredClient = { ...before, removingSince: before.removingSince ?? new Date().toISOString() };
  await redis.set(place, JSON.stringify(marked), 'XX');
  await sleep(MOST_TRUST_MS + LATE_WRITE_MS);
  const access = await endAccess(redis, clientId);
  await refuseIfBusy(accessEnded);

  const run = loadScripts(redis);
  const partitions = await readPartitions(redis);
  const tasks = await cancelAllTasks(redis, run, partitions, clientId);
  const deadLetters = await purgeAllDeadLetters(redis, run, partitions, clientId);
  // Not before the last attempt was called off: what is sent has to be signed.
  const signingSecrets = await redis.hlen(globalKeys.signingSecrets(clientId));
  await redis.del(globalKeys.signingSecrets(clientId));
  const left = await countAll(redis, clientId);
  if (left.some((count) => count > 0)) throw stillHas(clientId, ...left, accessEnded);
  await removeRecord(redis, clientId, marked);
  return { ...access, ...tasks, ...deadLetters, signingSecrets, begunAt: before.removingSince };
}

async function read(redis: RedisConnection, clientId: string): Promise<StoredClient> {
  const json = await redis.get(globalKeys.client(clientId));
  if (json === null) throw noSuchClient(clientId);
  return JSON.parse(json) as StoredClient;
}

/** @throws when it is not the client any more whose removal was begun: another removal was faster. */
async function removeRecord(redis: RedisConnection, clientId: string, marked: StoredClient): Promise<void> {
  const { removingSince } = await read(redis, clientId);
  if (removingSince !== marked.removingSince) throw noSuchClient(clientId);
  await redis.del(globalKeys.client(clientId));
}

async function countAll(
  redis: RedisConnection,
  clientId: string,
): Promise<[tasks: number, deadLetters: number]> {
  const partitions = await readPartitions(redis);
  return Promise.all([
    countTasks(redis, partitions, clientId),
    countDeadLetters(redis, partitions, clientId),
  ]);
}

function stillHas(clientId: string, tasks: number, deadLetters: number, changed: string): BoomerangError {
  const has = `client ${clientId} has ${tasks} tasks and ${deadLetters} dead letters`;
  return new BoomerangError('conflict', `${has}: --with-tasks cancels and purges them too; ${changed}`);
}

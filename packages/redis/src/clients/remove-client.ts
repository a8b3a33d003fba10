import { setTimeout as sleep } from 'node:timers/promises';
import { BoomerangError, MOST_TRUST_MS, type RemovalReceipt } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { countDeadLetters, purgeAllDeadLetters } from '../dead-letters/purge-all-dead-letters.js';
import { loadScripts } from '../engine/scripts.js';
import { globalKeys } from '../partitions/keys.js';
import { readPartitions } from '../partitions/partitions.js';
import { cancelAllTasks, countTasks } from '../tasks/cancel-all-tasks.js';
import { endAccess } from './end-access.js';
import { noSuchClient, REMEMBERED_MS, type StoredClient } from './stored-client.js';

export interface RemovalOptions {
  /** Whether to cancel its tasks and purge its dead letters. Without, a client that has any is not removed. */
  readonly withTasks: boolean;
  /** Is told how many executions have been cancelled, but not ended yet. */
  readonly onWaiting?: (executions: number) => void;
}

/**
 * A request that a gateway accepted before the client was marked may write this long after gateways have stopped to trust
 * its session, ms.
 */
const LATE_WRITE_MS = 1_500;
/**
 * The daemons of the client are cut off, so what they execute ends when its lease does. This is longer than the default
 * lease, ms.
 */
const EXECUTIONS_END_MS = 60_000;
const LOOK_EVERY_MS = 500;

/**
 * Removes a client with everything that belongs to it: keys and sessions first, so that no more requests come. Its name is
 * kept for a month. After an interruption the next call removes what is left.
 *
 * @throws BoomerangError `not_found` when there is no such client; `conflict` when it has tasks or dead letters and they
 * are not to go, or when daemons still hold executions of it.
 */
export async function removeClient(
  redis: RedisConnection,
  clientId: string,
  { withTasks, onWaiting = () => undefined }: RemovalOptions,
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
  await executionsToEnd(redis, clientId, onWaiting);
  const deadLetters = await purgeAllDeadLetters(redis, run, partitions, clientId);
  // Only after the last attempt was cancelled, because attempts have to be signed.
  const signingSecrets = await redis.hlen(globalKeys.signingSecrets(clientId));
  await redis.del(globalKeys.signingSecrets(clientId));
  await redis.del(globalKeys.clientLimits(clientId));
  await redis.del(globalKeys.defaultPolicy(clientId));
  await redis.del(globalKeys.policies(clientId));
  const left = await countAll(redis, clientId);
  if (left.some((count) => count > 0)) throw stillHas(clientId, ...left, accessEnded);
  await closeRecord(redis, clientId, marked);
  return { ...access, ...tasks, ...deadLetters, signingSecrets, begunAt: before.removingSince };
}

async function read(redis: RedisConnection, clientId: string): Promise<StoredClient> {
  const json = await redis.get(globalKeys.client(clientId));
  const client = json === null ? undefined : (JSON.parse(json) as StoredClient);
  if (!client || client.removedAt !== undefined) throw noSuchClient(clientId);
  return client;
}

/** Waits until the tasks have ended that were cancelled while a daemon executed them. */
async function executionsToEnd(
  redis: RedisConnection,
  clientId: string,
  onWaiting: (executions: number) => void,
): Promise<void> {
  const deadline = performance.now() + EXECUTIONS_END_MS;
  for (let first = true; ; first = false) {
    const [executions] = await countAll(redis, clientId);
    if (executions === 0) return;
    if (first) onWaiting(executions);
    if (performance.now() > deadline) {
      const problem = `daemons still hold ${executions} executions of client ${clientId}, which is without access now`;
      const what = 'ask for the same again when their leases have ended; that takes a scheduler and workers';
      throw new BoomerangError('conflict', `${problem}: ${what}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** @throws if another removal has finished meanwhile. */
async function closeRecord(redis: RedisConnection, clientId: string, marked: StoredClient): Promise<void> {
  const { removingSince } = await read(redis, clientId);
  if (removingSince !== marked.removingSince) throw noSuchClient(clientId);
  const removed: StoredClient = { createdAt: marked.createdAt, removedAt: new Date().toISOString() };
  await redis.set(globalKeys.client(clientId), JSON.stringify(removed), 'PX', REMEMBERED_MS, 'XX');
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
  return new BoomerangError(
    'conflict',
    (spell) => `${has}: ${spell('--with-tasks')} cancels and purges them too; ${changed}`,
    { field: '--with-tasks' },
  );
}

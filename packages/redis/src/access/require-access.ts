import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectOptions } from '../connection/connect-options.js';
import { type RedisConnection, whenReady } from '../connection/connection.js';
import { openSubscription } from '../connection/open-subscription.js';
import { parseAddress } from '../connection/parse-address.js';
import { UnusableRedisError } from '../connection/unusable-redis-error.js';
import { type PartitionKeys, partitionKeys } from '../partitions/keys.js';
import { commandDenial, type Denial, describeDenials, isDenied } from './denial.js';
import { tryConnection } from './try-connection.js';
import { channelsOf, tryPartition } from './try-partition.js';

/** Pause after a read-only Redis was found, ms: its connection is replaced, which takes a moment. */
const TROUBLE_SHOWS_MS = 100;

type Options = Pick<ConnectOptions, 'url' | 'sentinelMaster' | 'tlsCa' | 'name' | 'onError'>;

/**
 * Tries the permissions that are needed before anything is read: commands, and keys that belong to no partition.
 *
 * @throws UnusableRedisError that says what is not.
 */
export async function requireAccess(connection: RedisConnection, options: Options): Promise<void> {
  await refuse(connection, options, [
    () => tryConnection(connection, options.name),
    () => tryPartition(connection, partitionKeys(1)[0] as PartitionKeys),
  ]);
}

/**
 * Tries the permissions in every partition, its channels included.
 *
 * @throws UnusableRedisError that says what is not allowed.
 */
export async function requirePartitionAccess(
  connection: RedisConnection,
  options: Options,
  partitions: readonly PartitionKeys[],
): Promise<void> {
  await refuse(connection, options, [
    async () => (await Promise.all(partitions.map((keys) => tryPartition(connection, keys)))).flat(),
    () => trySubscription(connection, options, partitions),
  ]);
}

/** If Redis can't be asked at the moment, the service starts all the same, and its readiness tries again. */
async function refuse(
  connection: RedisConnection,
  options: Options,
  attempts: readonly (() => Promise<Denial[]>)[],
): Promise<void> {
  const denials: Denial[] = [];
  for (const attempt of attempts) {
    denials.push(...(await attempt().catch(() => sleep(TROUBLE_SHOWS_MS, []))));
    await whenReady(connection);
  }
  if (denials.length > 0) throw new UnusableRedisError(describeDenials(userOf(options), denials));
}

async function trySubscription(
  connection: RedisConnection,
  options: Options,
  partitions: readonly PartitionKeys[],
): Promise<Denial[]> {
  const channels = partitions.flatMap(channelsOf);
  const subscription = await openSubscription({ ...options, name: `${options.name}-check`, connection });
  try {
    for (const [command, heard] of [
      ['SUBSCRIBE', channels],
      ['UNSUBSCRIBE', []],
    ] as const) {
      const problem = await subscription.hear(heard).then(
        () => '',
        (error: Error) => error.message,
      );
      if (isDenied(problem)) return [commandDenial(`${command} ${channels[0]}`, problem)];
    }
    return [];
  } finally {
    subscription.close();
  }
}

export function userOf(options: Options): string {
  return parseAddress(options).username ?? 'default';
}

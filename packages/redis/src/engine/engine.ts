import { requireAccess, requirePartitionAccess, userOf } from '../access/require-access.js';
import { connectRedis, type RedisConnection } from '../connection/connection.js';
import { openSubscription } from '../connection/open-subscription.js';
import type { RedisAddress } from '../connection/redis-address.js';
import { checkServer } from '../connection/server-check.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { outgrown } from '../partitions/outgrown.js';
import { subscribeToPartitions } from '../partitions/partition-readers.js';
import { loadPartitions } from '../partitions/partitions.js';
import { createReadiness, type Readiness } from './readiness.js';
import { loadScripts, type RunScript, type ScriptObserver } from './scripts.js';
import { createClocks, type ObservedClock } from './server-clock.js';
import { createWakeListener, type WakeListener } from './wake-listener.js';

export interface EngineOptions extends RedisAddress {
  /** As for `connectRedis`. */
  readonly name: string;
  /** Partition count when Redis has none yet. */
  readonly partitions: number;
  readonly onError: (error: Error) => void;
  /** Is told of risks in Redis's settings. */
  readonly onWarning?: (problem: string) => void;
  readonly onScript?: ScriptObserver;
}

/** What every process needs that works with due times. */
export interface Engine {
  readonly connection: RedisConnection;
  readonly partitions: readonly PartitionKeys[];
  readonly run: RunScript;
  /** One for each partition. */
  readonly clocks: readonly ObservedClock[];
  readonly wakeListener: WakeListener;
  readonly ready: Readiness;
  /** Why the process has to be restarted to look after all partitions; undefined if it need not. */
  outgrown(): Promise<string | undefined>;
  close(): void;
}

/** @throws when Redis can't be reached or can't be worked with. */
export async function openEngine({
  url,
  sentinelMaster,
  tlsCa,
  name,
  partitions: initial,
  onError,
  onWarning = () => undefined,
  onScript,
}: EngineOptions): Promise<Engine> {
  const options = { url, sentinelMaster, tlsCa, name, onError };
  const connection = await connectRedis(options);
  await requireAccess(connection, options);
  await checkServer(connection, onWarning);
  await requirePartitionAccess(connection, options, await loadPartitions(connection, initial));
  const subscription = await openSubscription({ ...options, connection, name: `${name}-wakes` });
  const partitions = await subscribeToPartitions(connection, subscription, initial);
  return {
    connection,
    partitions,
    run: loadScripts(connection, onScript),
    clocks: createClocks(partitions.length),
    wakeListener: createWakeListener(subscription, partitions),
    ready: createReadiness(connection, async () => partitions, userOf(options)),
    outgrown: () => outgrown(connection, partitions.length),
    close() {
      subscription.close();
      connection.disconnect();
    },
  };
}

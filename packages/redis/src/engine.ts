import { connectRedis, type RedisConnection } from './connection.js';
import type { PartitionKeys } from './keys.js';
import { loadPartitions } from './partitions.js';
import { loadScripts, type RunScript } from './scripts.js';
import { createClocks, type ObservedClock } from './server-clock.js';
import { createWakeListener, type WakeListener } from './wake-listener.js';

export interface EngineOptions {
  /** As for `connectRedis`. */
  readonly url: string;
  readonly name: string;
  /** Partition count when Redis has none yet. */
  readonly partitions: number;
  readonly onError: (error: Error) => void;
}

/** What every process needs that has to do with due times. */
export interface Engine {
  readonly connection: RedisConnection;
  readonly partitions: readonly PartitionKeys[];
  readonly run: RunScript;
  /** One for each partition. */
  readonly clocks: readonly ObservedClock[];
  readonly wakeListener: WakeListener;
  close(): void;
}

/** @throws when Redis can't be reached. */
export async function openEngine({
  url,
  name,
  partitions: initial,
  onError,
}: EngineOptions): Promise<Engine> {
  const connection = await connectRedis({ url, name, onError });
  const subscriber = await connectRedis({ url, name: `${name}-wakes`, patient: true, onError });
  const partitions = await loadPartitions(connection, initial);
  return {
    connection,
    partitions,
    run: loadScripts(connection),
    clocks: createClocks(partitions.length),
    wakeListener: await createWakeListener(subscriber, partitions),
    close() {
      subscriber.disconnect();
      connection.disconnect();
    },
  };
}

import type { RedisConnection } from './connection.js';
import type { PartitionKeys } from './keys.js';

type Listener = (partition: number, dueMs: number) => void;

/** Hears on its own connection what becomes due at short notice, in any partition. */
export interface WakeListener {
  /** Returns what ends it. */
  listen(listener: Listener): () => void;
}

export async function createWakeListener(
  subscriber: RedisConnection,
  partitions: readonly PartitionKeys[],
): Promise<WakeListener> {
  const listeners = new Set<Listener>();
  const partitionOf = new Map(partitions.map(({ wakeChannel }, i) => [wakeChannel, i]));
  subscriber.on('message', (channel: string, message: string) => {
    const partition = partitionOf.get(channel);
    if (partition === undefined) return;
    for (const listener of listeners) listener(partition, Number(message));
  });
  await subscriber.subscribe(...partitionOf.keys());
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

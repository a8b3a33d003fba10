import type { Ticket } from '@boomerang/domain';
import type { RedisConnection } from './connection.js';
import type { PartitionKeys } from './keys.js';

type DueListener = (partition: number, dueMs: number) => void;
type TicketListener = (ticket: Ticket) => void;

/**
 * Hears on its own connection what partitions announce: `<due ms>` of what becomes due at short notice, and
 * `<slice start ms> <generation>` of a ticket that is handed on. Both methods return what ends the listening.
 */
export interface WakeListener {
  onDue(listener: DueListener): () => void;
  onHandedOn(listener: TicketListener): () => void;
}

export async function createWakeListener(
  subscriber: RedisConnection,
  partitions: readonly PartitionKeys[],
): Promise<WakeListener> {
  const dueListeners = new Set<DueListener>();
  const ticketListeners = new Set<TicketListener>();
  const partitionOf = new Map(partitions.map(({ wakeChannel }, i) => [wakeChannel, i]));
  subscriber.on('message', (channel: string, message: string) => {
    const partition = partitionOf.get(channel);
    if (partition === undefined) return;
    const [ms, generation] = message.split(' ');
    if (generation === undefined) {
      for (const listener of dueListeners) listener(partition, Number(ms));
    } else {
      const ticket = { partition, sliceStartMs: Number(ms), generation };
      for (const listener of ticketListeners) listener(ticket);
    }
  });
  await subscriber.subscribe(...partitionOf.keys());
  return {
    onDue: (listener) => listen(dueListeners, listener),
    onHandedOn: (listener) => listen(ticketListeners, listener),
  };
}

/** What `onHandedOn` hears of a ticket. */
export function handedOnMessage({ sliceStartMs, generation }: Ticket): string {
  return `${sliceStartMs} ${generation}`;
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

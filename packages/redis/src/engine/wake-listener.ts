import type { Ticket } from '@boomerang/domain';
import type { Subscription } from '../connection/subscription.js';
import type { PartitionKeys } from '../partitions/keys.js';

type Listener<T extends unknown[]> = (...message: T) => void;

/**
 * Receives the messages of all partitions, by subscriptions. A message may be lost. All methods return a function that ends
 * the listening.
 */
export interface WakeListener {
  /** `due <ms>`: becomes due at short notice. */
  onDue(listener: Listener<[partition: number, dueMs: number]>): () => void;
  /** `ticket <slice start ms> <generation>`: handed on. */
  onHandedOn(listener: Listener<[ticket: Ticket]>): () => void;
  /** `outbox`: a task has ended that others wait for. */
  onEnded(listener: Listener<[partition: number]>): () => void;
  /** `cancelled <task id>`: while an occurrence of it was claimed. */
  onCancelled(listener: Listener<[taskId: string]>): () => void;
}

export function createWakeListener(
  subscription: Subscription,
  partitions: readonly PartitionKeys[],
): WakeListener {
  const due = new Listeners<[number, number]>();
  const handedOn = new Listeners<[Ticket]>();
  const cancelled = new Listeners<[string]>();
  const ended = new Listeners<[number]>();
  const partitionOf = new Map(partitions.map(({ wakeChannel }, i) => [wakeChannel, i]));
  subscription.onMessage((channel, message) => {
    const partition = partitionOf.get(channel);
    if (partition === undefined) return;
    const [kind, subject = '', generation = ''] = message.split(' ');
    if (kind === 'due') due.tell(partition, Number(subject));
    if (kind === 'ticket') handedOn.tell({ partition, sliceStartMs: Number(subject), generation });
    if (kind === 'cancelled') cancelled.tell(subject);
    if (kind === 'outbox') ended.tell(partition);
  });
  return {
    onDue: (listener) => due.add(listener),
    onHandedOn: (listener) => handedOn.add(listener),
    onCancelled: (listener) => cancelled.add(listener),
    onEnded: (listener) => ended.add(listener),
  };
}

/** The part of a ticket that `onHandedOn` is told. */
export function handedOnMessage({ sliceStartMs, generation }: Ticket): string {
  return `ticket ${sliceStartMs} ${generation}`;
}

class Listeners<T extends unknown[]> {
  readonly #all = new Set<Listener<T>>();

  tell(...message: T): void {
    for (const listener of this.#all) listener(...message);
  }

  add(listener: Listener<T>): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }
}

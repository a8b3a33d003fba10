/** Hands a slice to a worker. A hint: a lost one is issued again, a doubled one finds nothing to claim. */
export interface Ticket {
  readonly partition: number;
  /** Unix epoch ms at which the slice begins. */
  readonly sliceStartMs: number;
  /** Tells tickets of the same slice apart; a ticket that exists is not enqueued twice. */
  readonly generation: string;
}

export interface TicketQueue {
  /** Enqueues tickets of one partition, each to be handed out `delayMs` from now. */
  issue(partition: number, tickets: readonly { ticket: Ticket; delayMs: number }[]): Promise<void>;
}

export interface TicketSource {
  /** Hands tickets of all partitions to `handle` until closed. A ticket is held while `handle` runs, then it is gone. */
  consume(handle: (ticket: Ticket) => Promise<void>): Promise<TicketConsumer>;
}

/**
 * How the tickets of a partition come in:
 *
 * - `flowing`: none waits
 * - `withheld`: the queue is paused, or has refused to hand tickets out within the last seconds
 * - `untaken`: some wait, nothing is in their way, and yet this consumer has not taken them (yet)
 */
export type TicketFlow = 'flowing' | 'withheld' | 'untaken';

export interface TicketConsumer {
  flow(partition: number): Promise<TicketFlow>;
  /** Consumes the partition's tickets in a new way, over new connections, and gives the old one up. */
  renew(partition: number): Promise<void>;
  /** Takes no further tickets; resolves when those handed out have been handled. */
  close(): Promise<void>;
}

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

export interface TicketConsumer {
  /** Takes no further tickets; resolves when those handed out have been handled. */
  close(): Promise<void>;
}

import type { DeadLetter } from '../tasks/dead-letter.js';

/** A dead letter that this process may send to its destination until its lease ends. */
export interface TakenDeadLetter {
  readonly letter: DeadLetter;
  /** How often it was taken so far, this time included. */
  readonly tries: number;
}

/** What became of a taken dead letter; undefined = its destination has it. */
export interface ForwardResult {
  readonly taken: TakenDeadLetter;
  /** When it may be taken again, ms from now; at most the length of the lease. */
  readonly againInMs: number | undefined;
}

/** Dead letters of one partition in one queue. */
export interface WaitingForwards {
  readonly queue: string;
  readonly count: number;
  /** Since the oldest of them was dead-lettered, ms. */
  readonly oldestAgeMs: number;
}

/** Dead letters on their way to destinations outside, in a queue for each client and destination. */
export interface ForwardingStore {
  readonly partitions: number;
  /** Looks through dead letters that are new. Answers the queues that some of them went to. */
  sort(partition: number): Promise<readonly string[]>;
  /** All that have to be forwarded, by queue. */
  waiting(partition: number): Promise<readonly WaitingForwards[]>;
  /** Takes the oldest that are free, under a lease. `more` = there may be others that are free. */
  take(
    partition: number,
    queue: string,
    limit: number,
  ): Promise<{ readonly taken: readonly TakenDeadLetter[]; readonly more: boolean }>;
  /** Records results. What was lost to another worker in the meantime and has failed is left to that one. */
  settle(partition: number, queue: string, results: readonly ForwardResult[]): Promise<void>;
  /** Removes those that were forwarded longer than the retention ago. */
  removeForwarded(partition: number): Promise<void>;
}

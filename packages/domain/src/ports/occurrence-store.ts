import type { ClaimedOccurrence, Settlement } from '../tasks/attempt.js';
import type { Ticket } from './ticket-queue.js';

export interface ClaimReply {
  readonly claimed: readonly ClaimedOccurrence[];
  /** Redis's clock at the claim, Unix epoch ms. */
  readonly nowMs: number;
  /** Unix epoch ms of the first occurrence left; 0 while clients take turns, as more is overdue; Infinity for none. */
  readonly nextDueMs: number;
  readonly passedOver: PassedOver;
}

/** How many occurrences a claim met that will not be delivered. */
export interface PassedOver {
  readonly expired: number;
  /** Expired, and dead-lettered. */
  readonly expiredDeadLetters: number;
  /** Missed, and coalesced with a later one or skipped. */
  readonly missed: number;
  /** Skipped, since another one of the task had not ended. */
  readonly overlapping: number;
}

/** What there is to do in a partition, and whether anybody does it. */
export interface FirstDue {
  /** Redis's clock, Unix epoch ms. */
  readonly nowMs: number;
  /** Unix epoch ms of the first occurrence that waits for its claim; Infinity when there is none. */
  readonly firstDueMs: number;
  /** Unix epoch ms of the last claim by any worker; 0 = none yet. */
  readonly lastClaimMs: number;
}

export interface SettleRequest {
  readonly occurrence: ClaimedOccurrence;
  readonly settlement: Settlement;
}

/** A partition's occurrences as workers handle them. */
export interface OccurrenceStore {
  /**
   * Claims at most `limit` occurrences that fall due within `aheadMs`, each under a lease and a random token, the earliest
   * first. While more is overdue than is claimed, clients take turns. After a claim that failed, hands out first what it
   * had claimed all the same.
   *
   * @param atMost how many occurrences of a client are claimed at most, if fewer than `limit`.
   */
  claim(
    partition: number,
    limit: number,
    aheadMs: number,
    atMost?: ReadonlyMap<string, number>,
  ): Promise<ClaimReply>;
  /** One boolean per request: false = the token was not the current one, and nothing was changed. */
  settle(partition: number, requests: readonly SettleRequest[]): Promise<boolean[]>;
  /** Starts the leases anew; one boolean per occurrence: false = the lease is gone. Moves `leaseEndsAt`. */
  renew(partition: number, occurrences: readonly ClaimedOccurrence[]): Promise<boolean[]>;
  firstDue(partition: number): Promise<FirstDue>;
  /** Asks schedulers to issue at once a ticket in the place of one that this worker held and can't see through. */
  handOn(ticket: Ticket): Promise<void>;
  /**
   * Calls `listener` with the due time (Unix epoch ms) of an occurrence that became the first of its slice at short
   * notice. A message may be lost. Returns what ends it.
   */
  onWake(listener: (partition: number, dueMs: number) => void): () => void;
  /** Calls `listener` with a task that was cancelled while an occurrence of it was claimed. A message may be lost. */
  onCancelled(listener: (taskId: string) => void): () => void;
}

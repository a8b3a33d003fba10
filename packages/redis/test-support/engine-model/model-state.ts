import type { ClaimedOccurrence, DeadLetterPosition, Expiry, Recurrence } from '@boomerang/domain';

/** How long occurrences may wait, and how a recurring task goes on. */
interface Terms {
  readonly expiry?: Expiry;
  readonly recurrence?: Recurrence;
}

/** A task as the model knows it. */
export interface ModelTask {
  readonly id: string;
  readonly client: string;
  readonly policy: number;
  interval: number;
  first: number;
  /** Of a recurring task that was moved: an occurrence, when it is due, and when the one behind it is. */
  moved?: { readonly occurrence: number; readonly dueMs: number; readonly behindMs: number };
  /** Unix epoch ms, while it is paused. */
  pausedSince?: number | undefined;
  /** Number of the next occurrence. */
  next: number;
  /** Score in the client's index. */
  listedAt: number;
  /** Its latest attempts that are over: `<occurrence>.<attempt> <outcome>`. */
  attempts: string[];
  readonly terms: Terms;
  /** The occurrence that waits for its predecessor to end. */
  waiting?: { readonly number: number; readonly scheduled: number } | undefined;
  state: 'live' | 'delivered' | 'sent' | 'dead_lettered' | 'cancelled' | 'expired';
}

/** When an occurrence is due, from the next one on. */
export function dueOf({ first, interval, moved }: ModelTask, occurrence: number): number {
  if (!moved) return first + (occurrence - 1) * interval;
  if (occurrence <= moved.occurrence) return moved.dueMs;
  return moved.behindMs + (occurrence - moved.occurrence - 1) * interval;
}

/** An occurrence from its first claim to its end. */
export interface ModelOccurrence {
  readonly member: string;
  readonly task: ModelTask;
  readonly number: number;
  readonly scheduled: number;
  attempts: number;
  /** Its attempts that failed, as those of a task. */
  failed: string[];
  lease: Lease | undefined;
}

export type LeasedOccurrence = ModelOccurrence & { lease: Lease };

export interface Lease {
  endsMs: number;
  readonly worker: number;
  /** Absent when the claim's reply was lost. */
  claim?: ClaimedOccurrence;
}

export interface ModelClaim {
  readonly worker: number;
  readonly limit: number;
  readonly aheadMs: number;
  /** How many occurrences of a client are taken at most. */
  readonly atMost: ReadonlyMap<string, number>;
  readonly replyIsLost: boolean;
}

export interface HandedOut {
  readonly occurrence: ModelOccurrence;
  readonly dueMs: number;
}

/** A dead letter from its beginning on, even when it has been replayed. */
export interface ModelLetter {
  readonly occurrence: ModelOccurrence;
  id?: DeadLetterPosition;
  replayedAs?: ModelTask;
}

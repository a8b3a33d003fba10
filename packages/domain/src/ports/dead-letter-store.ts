import type { Callback } from '../policy/callback.js';
import type { DeadLetter, DeadLetterPosition } from '../tasks/dead-letter.js';
import type { ErrorClass } from '../tasks/error-class.js';

/** Selects dead letters of a client. An open field restricts nothing. */
export interface DeadLetterFilter {
  /** Empty = any. */
  readonly bucket: string;
  /** Only those that came at or after this, Unix epoch ms; 0 = open. */
  readonly afterMs: number;
  /** Only those that came before this, Unix epoch ms; 0 = open. */
  readonly beforeMs: number;
  readonly errorClass: ErrorClass | undefined;
}

/**
 * A place in a client's dead letters, the oldest first: right behind this one. Dead letters from `untilMs` on are left
 * out, so that the pages end even if more dead letters keep coming.
 */
export interface DeadLetterCursor {
  readonly position: DeadLetterPosition;
  /** Unix epoch ms. */
  readonly untilMs: number;
}

export interface DeadLetterPage<T> {
  readonly letters: readonly T[];
  /** Where the next page starts; undefined when there is none. A page may be empty and yet not the last. */
  readonly next: DeadLetterCursor | undefined;
  /** Redis's clock, Unix epoch ms. */
  readonly nowMs: number;
}

export interface ReplayRequest {
  readonly id: DeadLetterPosition;
  /** From the start to the first attempt. */
  readonly delayMs: number;
}

export interface ReplayOptions {
  /** What delays count from, Unix epoch ms; 0 = now. A due time that has passed means now. */
  readonly startMs: number;
  /** Where to call back instead of where the dead letter's policy says; the rest of that policy stays. */
  readonly callback: Callback | undefined;
  /** Whether also those that wait to be forwarded to a destination outside, which then never get there. */
  readonly evenNotForwarded: boolean;
}

export type ReplayOutcome =
  | {
      readonly kind: 'replayed';
      readonly taskId: string;
      /** Unix epoch ms. */
      readonly scheduledTimeMs: number;
      /** True: an earlier call has replayed it, and this one changed nothing. */
      readonly before: boolean;
    }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'not_forwarded' };

export type PurgeOutcome = 'purged' | 'not_found' | 'not_forwarded';

/**
 * Dead letters as their clients see them: a client finds only its own. All methods reject with BoomerangError
 * `exhausted`, `unavailable` or `outcome_unknown`.
 */
export interface DeadLetterStore {
  /** Ids of at most `limit` that match. */
  find(
    clientId: string,
    filter: DeadLetterFilter,
    limit: number,
    after?: DeadLetterCursor,
  ): Promise<DeadLetterPage<DeadLetterPosition>>;
  /** At most `limit` that match, and about a mebibyte. */
  list(
    clientId: string,
    filter: DeadLetterFilter,
    limit: number,
    withPayload: boolean,
    after?: DeadLetterCursor,
  ): Promise<DeadLetterPage<DeadLetter>>;
  get(clientId: string, id: DeadLetterPosition, withPayload: boolean): Promise<DeadLetter | undefined>;
  /** The task that a dead letter was replayed as, while that task can be asked for. */
  replayedAs(clientId: string, id: DeadLetterPosition): Promise<string | undefined>;
  /**
   * Makes one-shot tasks of dead letters, which leave the queue in the same step; one outcome per request. Repeated after
   * a lost reply it makes no second task.
   */
  replay(
    clientId: string,
    requests: readonly ReplayRequest[],
    options: ReplayOptions,
  ): Promise<ReplayOutcome[]>;
  /** Removes dead letters for good; one outcome per id. */
  purge(
    clientId: string,
    ids: readonly DeadLetterPosition[],
    evenNotForwarded: boolean,
  ): Promise<PurgeOutcome[]>;
}

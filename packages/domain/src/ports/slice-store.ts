import type { Ticket } from './ticket-queue.js';

/** A slice of a partition with something due in it. */
export interface BusySlice {
  /** Unix epoch ms at which the slice begins. */
  readonly startMs: number;
  /** Occurrences in it, at least 1. */
  readonly count: number;
}

export interface Look {
  /** Redis's clock at the look, Unix epoch ms. */
  readonly nowMs: number;
  /** Slices within the horizon in order of time; what is overdue counts to the slice it was due in, in overdue queues to that of the first. */
  readonly slices: readonly BusySlice[];
  /** Unix epoch ms of the last claim in the partition by any worker; 0 = none yet. */
  readonly lastClaimMs: number;
  readonly workload: Workload;
}

/** What there is to do, and what is being done, in occurrences. */
export interface Workload {
  /** Waiting for their claim, all in all. */
  readonly parked: number;
  /** Due and not claimed. */
  readonly overdue: number;
  /** Falling due within a minute, the overdue not counted. */
  readonly dueWithinMinute: number;
  /** Claimed and not settled; what daemons execute is not in it. */
  readonly inFlight: number;
  /** Claimed in the last minute, by about. */
  readonly claimedLastMinute: number;
  /** Held, because their tasks are paused. They are not counted otherwise. */
  readonly held: number;
}

export interface DeadLetterCount {
  readonly count: number;
  /** Age of the oldest, ms; 0 when there is none. */
  readonly oldestAgeMs: number;
}

export interface ExecutionCount {
  /** Due, and waiting for a daemon: of the first 1,000 pairs of client and type. */
  readonly ready: number;
  /** For how long the longest waiting of those that are next in line has been due, ms; 0 when there is none. */
  readonly oldestReadyMs: number;
  /** Offered to a daemon that has not accepted yet. */
  readonly offered: number;
  /** Accepted by a daemon, whose lease lives. */
  readonly running: number;
  /** Waiting for other tasks. */
  readonly waiting: number;
  /** Ended, without those that waited for them having been told yet. */
  readonly untold: number;
}

/** A partition's due index as the scheduler sees it. */
export interface SliceStore {
  /** Undefined when another scheduler holds the partition's lease. */
  look(partition: number): Promise<Look | undefined>;
  /** A partition's workload, whoever looks after it. */
  workload(partition: number): Promise<Workload>;
  /**
   * Puts attempts whose lease ran out before `endedBeforeMs` (Unix epoch ms) back to the due index; how many. With the
   * time of a look, what runs out while the call itself is held up stays for the next one.
   */
  recoverLost(partition: number, endedBeforeMs: number): Promise<number>;
  /** Dead letters of all clients. */
  countDeadLetters(partition: number): Promise<DeadLetterCount>;
  /** Executions of all clients. */
  countExecutions(partition: number): Promise<ExecutionCount>;
  /** As OccurrenceStore.onWake. */
  onWake(listener: (partition: number, dueMs: number) => void): () => void;
  /** Calls `listener` with the ticket to issue for each that a worker hands on. A message may be lost. */
  onHandedOn(listener: (ticket: Ticket) => void): () => void;
}

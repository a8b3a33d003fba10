import type { BoomerangError } from '../errors.js';
import type {
  ExecutionHandle,
  ExecutionOutput,
  ExecutionProgress,
  ExecutionReport,
  HeldExecution,
  OfferedExecution,
  OutputPiece,
  ReportOutcome,
} from '../executions/execution.js';
import type { ExecutionEnd, ExecutionState, ExecutionStatus } from '../executions/execution-state.js';
import type { Priority } from '../executions/priority.js';
import type { Submission } from '../executions/submission.js';

export interface SubmittedTask {
  readonly taskId: string;
  /** Unix epoch ms of the first occurrence, by Redis's clock. */
  readonly dueMs: number;
}

/** A Spage task as its client may see it. */
export interface ExecutionDetails {
  readonly taskId: string;
  /** The client's own name; '' = none. */
  readonly name: string;
  readonly type: string;
  readonly priority: Priority;
  readonly state: ExecutionState;
  readonly payload: Readonly<Record<string, string>>;
  /** Percent; 0 before its first report. */
  readonly progress: number;
  readonly result: Readonly<Record<string, string>>;
  /** Why the latest execution failed; '' = it did not. */
  readonly error: string;
  /** All Unix epoch ms; undefined = not yet. */
  /** What holds up a task that is ready, for people; '' = nothing does. Only `get` tells it. */
  readonly waitingFor: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly completedAtMs: number | undefined;
}

export interface ExecutionFilter {
  readonly status: ExecutionStatus | undefined;
  /** '' = all. */
  readonly type: string;
}

/** Which part of a task's output is asked for. */
export interface OutputRange {
  /** The attempt of an occurrence; undefined = the latest one that wrote anything. */
  readonly of: { readonly occurrence: number; readonly attempt: number } | undefined;
  /** Pieces before this one are left out. */
  readonly fromSequence: number;
}

export interface CancelExecutionRequest {
  /** The client's own name of the task, or its id. */
  readonly name: string;
  /** Why, for people. */
  readonly reason: string;
}

export type CancelExecutionResult =
  /** It had not begun, and will not begin. */
  | { readonly kind: 'cancelled' }
  /** It runs: its daemon is told to end it. */
  | { readonly kind: 'cancelling' }
  | { readonly kind: 'ended'; readonly state: ExecutionEnd }
  | { readonly kind: 'not_found' };

/**
 * Spage tasks as their clients see them. All methods reject with BoomerangError `unavailable` or `outcome_unknown`; with the
 * former when `signal` is aborted before a step of theirs begins.
 */
export interface ExecutionStore {
  /**
   * Resolves once record and due index are written. The same name with the same content again answers the same task.
   * Rejects with `conflict` when the name stands for other content.
   */
  submit(clientId: string, submission: Submission, signal?: AbortSignal): Promise<SubmittedTask>;
  /**
   * Several, of which no two have the same name: what became of each, in their order. What one waits for may stand earlier
   * among them.
   *
   * @param refusedNames names of further ones that were asked for with them and are not taken: nothing can wait for those.
   */
  submitAll(
    clientId: string,
    submissions: readonly Submission[],
    signal?: AbortSignal,
    refusedNames?: ReadonlySet<string>,
  ): Promise<(SubmittedTask | BoomerangError)[]>;
  /** @param name the client's own name of a task, or its task id. */
  get(clientId: string, name: string, signal?: AbortSignal): Promise<ExecutionDetails | undefined>;
  /**
   * Several, in the order of `names`. Those that don't fit into `mostBytes` with those before them are `too_much`, but never the
   * first.
   */
  getAll(
    clientId: string,
    names: readonly string[],
    mostBytes: number,
    signal?: AbortSignal,
  ): Promise<(ExecutionDetails | 'not_found' | 'too_much' | BoomerangError)[]>;
  cancel(
    clientId: string,
    name: string,
    reason: string,
    signal?: AbortSignal,
  ): Promise<CancelExecutionResult>;
  /** Several: what became of each, in their order. */
  cancelAll(
    clientId: string,
    requests: readonly CancelExecutionRequest[],
    signal?: AbortSignal,
  ): Promise<(CancelExecutionResult | BoomerangError)[]>;
  /** Undefined when the client has no such task. */
  output(
    clientId: string,
    name: string,
    range: OutputRange,
    signal?: AbortSignal,
  ): Promise<ExecutionOutput | undefined>;
  /** The newest first, and how many there are in all. `offset + limit` is at most 10,000. */
  list(
    clientId: string,
    filter: ExecutionFilter,
    limit: number,
    offset: number,
    signal?: AbortSignal,
  ): Promise<{ readonly tasks: readonly ExecutionDetails[]; readonly total: number }>;
}

/** Whom an execution is handed to. */
export interface DaemonName {
  readonly clientId: string;
  /** Unique within the client. */
  readonly daemonId: string;
}

/**
 * Executions as gateways hand them to daemons. An execution of another client than the daemon's is refused as stale. All
 * methods reject with BoomerangError `unavailable` or `outcome_unknown`.
 */
export interface AssignmentStore {
  /**
   * Offers a client's ready executions of these types ('*' alone = all) to a daemon: at most `limit`, in the order of due
   * time and priority over all partitions. What isn't accepted within 5 s goes to another.
   */
  offer(daemon: DaemonName, types: readonly string[], limit: number): Promise<OfferedExecution[]>;
  /** Begins the lease and counts the attempt. */
  accept(daemon: DaemonName, execution: ExecutionHandle): Promise<ReportOutcome>;
  /** Gives an offer or a running execution back uncounted, and for 30 s not to this daemon again. */
  handBack(daemon: DaemonName, execution: ExecutionHandle): Promise<ReportOutcome>;
  /** Starts the lease anew; with progress, notes that. */
  renew(daemon: DaemonName, execution: ExecutionHandle, progress?: ExecutionProgress): Promise<ReportOutcome>;
  /** Keeps a piece of output: `sequence` counts pieces from 0, `offset` bytes. */
  appendOutput(daemon: DaemonName, execution: ExecutionHandle, piece: OutputPiece): Promise<ReportOutcome>;
  /** Ends the execution: the task ends, is retried, or becomes a dead letter. */
  report(daemon: DaemonName, execution: ExecutionHandle, report: ExecutionReport): Promise<ReportOutcome>;
  /** What the daemon holds leases or offers on. */
  heldBy(daemon: DaemonName): Promise<HeldExecution[]>;
  /** Calls `listener` when a set of ready executions is no longer empty. A message may be lost. */
  onReady(listener: (clientId: string, type: string) => void): () => void;
  /** Calls `listener` with a task that was cancelled while a daemon had it. A message may be lost. */
  onCancelled(listener: (taskId: string, reason: string) => void): () => void;
}

/** What a daemon says of itself when it connects. */
export interface DaemonHello extends DaemonName {
  /** Tells one start of a daemon from another. */
  readonly instanceId: string;
  readonly version: string;
  /** '*' alone = all. */
  readonly types: readonly string[];
  readonly slots: number;
  /** What else it says of itself, for people. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A daemon that is connected, to whichever gateway. */
export interface ConnectedDaemon extends DaemonHello {
  /** Executions that it was offered or runs. */
  readonly held: number;
  /** It takes nothing new. */
  readonly draining: boolean;
  /** Since a gateway last said that its stream is alive, ms. */
  readonly silentForMs: number;
}

/** Which daemons are connected, to whichever gateway. */
export interface DaemonRegistry {
  /**
   * Notes that a daemon has a stream. Of the same instance the newest stream counts.
   *
   * @param streamId tells streams apart.
   * @returns false while another instance has that name.
   */
  enter(hello: DaemonHello, streamId: string): Promise<boolean>;
  /** Says that the stream is alive; false = a newer one took its place. Needed every 10 s: after 30 s it is forgotten. */
  keep(daemon: DaemonName, streamId: string, draining: boolean): Promise<boolean>;
  leave(daemon: DaemonName, streamId: string): Promise<void>;
  /** Calls `listener` when a daemon has a new stream, which takes the place of any other. A message may be lost. */
  onEntered(listener: (daemon: DaemonName, streamId: string) => void): () => void;
  /** Those of a client that are connected. */
  list(clientId: string): Promise<readonly ConnectedDaemon[]>;
}

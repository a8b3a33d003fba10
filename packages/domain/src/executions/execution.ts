import type { Priority } from './priority.js';

/** What identifies an execution from its offer on. */
export interface ExecutionHandle {
  readonly taskId: string;
  /** Number of the occurrence, from 1. */
  readonly occurrence: number;
  /** Fencing token, 24 hex digits: a report under another one changes nothing. */
  readonly token: string;
}

/** An execution that a daemon has. */
export interface HeldExecution extends ExecutionHandle {
  /** The client's own name for the task; '' = none, and the task id stands for it. */
  readonly name: string;
}

/** An execution that is offered to a daemon. */
export interface OfferedExecution extends HeldExecution {
  readonly type: string;
  readonly priority: Priority;
  /** Number of the attempt that begins with the acceptance, from 1. */
  readonly attempt: number;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly payload: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How far a running execution is, as its daemon reports it. */
export interface ExecutionProgress {
  /** Percent, 0 to 100; -1 = a step failed, which says nothing about the whole. */
  readonly percent: number;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How an execution went, as its daemon reports it. */
export interface ExecutionReport {
  readonly succeeded: boolean;
  /** Whether it was ended because it ran longer than its task allows. */
  readonly timedOut: boolean;
  /** -1 = the engine ended without an exit code. */
  readonly exitCode: number;
  /** The last part of the engine's output. */
  readonly output: string;
  /** Why it failed, for people; '' if it succeeded. */
  readonly error: string;
  readonly durationMs: number;
  readonly result: Readonly<Record<string, string>>;
}

/** A piece of what an execution writes. */
export interface OutputPiece {
  /** Counts pieces from 0. */
  readonly sequence: number;
  /** Bytes that were written before it. */
  readonly offset: number;
  readonly chunk: string;
}

/** What is kept of what an execution has written. */
export interface ExecutionOutput {
  /** 0 = nothing was written, as far as that is known. */
  readonly occurrence: number;
  readonly attempt: number;
  /** In the order of their sequence; where one is missing, it never came. */
  readonly pieces: readonly OutputPiece[];
  /** Whether the beginning of the output is not kept any more. */
  readonly beginningDropped: boolean;
}

/** What became of a report. */
export type ReportOutcome =
  /** Taken. */
  | 'taken'
  /** Taken, and the task is to be cancelled. */
  | 'cancelling'
  /** The token is not the current one: nothing was changed. */
  | 'stale';

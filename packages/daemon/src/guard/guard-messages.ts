import type { FinalMessage } from '../runs/final-message.js';
import type { StepUpdate } from '../runs/steps.js';

/** What an engine said of its play. */
export type EngineReport =
  | { readonly kind: 'step'; readonly update: StepUpdate }
  | { readonly kind: 'final'; readonly final: FinalMessage };

/** Why an engine ended: by itself, or because it was ended. */
export type EndCause =
  | 'exit'
  /** It could not be started. */
  | 'spawn'
  | 'timeout'
  /** Its lease was not extended. */
  | 'lease'
  | 'cancelled'
  /** The daemon stops, and its time for that is over. */
  | 'drain'
  /** Its guard is gone, so nobody knows how it ended. */
  | 'lost'
  /** It was never started, and never will be. */
  | 'never';

/** How a run of an engine went. */
export interface EngineEnd {
  readonly cause: EndCause;
  /** null if a signal ended it, or it never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not be started; '' = it was. */
  readonly error: string;
  /** Unix epoch ms. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly durationMs: number;
  /** Of the engine and of what it has waited for; 0 where the system doesn't tell. */
  readonly cpuMs: number;
  /** Largest resident size of the engine itself that was seen, bytes; 0 where the system doesn't tell. */
  readonly peakMemoryBytes: number;
  /** All that it wrote. */
  readonly outputBytes: number;
  /** The last of it. */
  readonly tail: string;
  /** How many reports there were. */
  readonly reports: number;
  /** How the engine said that its play ended. */
  readonly final?: FinalMessage;
}

/** What a guard is told at its start, as one line of JSON on its standard input. */
export interface GuardOrder {
  readonly runId: string;
  /** Folder of the run. */
  readonly folder: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Stands in arguments and environment where the address belongs that the engine reports to. */
  readonly addressMark: string;
  readonly cwd: string | undefined;
  /** ms; 0 = none. */
  readonly timeoutMs: number;
  /** Length of the lease, ms; 0 = there is none. */
  readonly leaseMs: number;
  /** When the lease ends unless it is extended, by the boot clock. */
  readonly leaseEndsMs: number;
  /** Size at which a file of output is replaced by the next one, bytes. */
  readonly outputFileBytes: number;
}

/** From the daemon to a guard, each a line of JSON. */
export type ToGuard =
  | { readonly type: 'extend'; readonly leaseEndsMs: number }
  | { readonly type: 'end'; readonly cause: EndCause; readonly graceMs: number }
  /** Asks for output from there on; answered as soon as there is any, or there can be no more. */
  | { readonly type: 'read'; readonly offset: number }
  /** Asks for reports from there on, likewise. */
  | { readonly type: 'hear'; readonly from: number }
  /** The end is on the daemon's disk: the guard may go. */
  | { readonly type: 'release' };

/** From a guard to the daemon, each a line of JSON. */
export type FromGuard =
  | { readonly type: 'started'; readonly startedAtMs: number }
  /** `chunk` in base64; it may begin later than what was asked for. Empty = there is no more. */
  | { readonly type: 'output'; readonly offset: number; readonly chunk: string }
  | { readonly type: 'reports'; readonly from: number; readonly reports: readonly EngineReport[] }
  | { readonly type: 'ended'; readonly end: EngineEnd };

/** Files of a run's folder. */
export const RUN_FILES = {
  /** Socket of the guard. */
  socket: 'guard',
  /** Whoever makes it decides whether the engine starts. */
  decision: 'decision',
  /** The run, as the daemon knows it. */
  run: 'run.json',
  /** How the engine ended. */
  end: 'end.json',
  output: 'output.log',
  /** How much of the output was reported. */
  reported: 'reported',
} as const;

/** Name of the environment variable by which the processes of a run are found. */
export const RUN_MARK = 'SPAGE_DAEMON_RUN';

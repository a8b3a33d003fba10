import type { Template } from './template.js';

/**
 * What tells how a run ended:
 *
 * - `message`: the play's final message and the exit code together. Engines of today exit with 0 for a play that failed.
 * - `exit_code`: the exit code alone. For the first engines, and for programs that report nothing.
 */
export type VerdictBy = 'message' | 'exit_code';

/** An engine as it is configured. */
export interface Engine {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly Template[];
  /** Arguments for each variable, with `{key}` and `{value}`. */
  readonly variables: readonly Template[];
  /** Environment variables. Their names come from the configuration alone. */
  readonly env: Readonly<Record<string, Template>>;
  /** Working folder; undefined: that of the daemon. */
  readonly cwd: string | undefined;
  /** Folders that playbooks and inventories may be in. */
  readonly folders: readonly string[];
  /** Whether a playbook may be `spage://bundle/…`, which the engine fetches. */
  readonly bundles: boolean;
  /** Longest run in ms; 0 = none. A task's own limit counts if it is shorter. */
  readonly timeoutMs: number;
  /** How many of this engine may run at a time. */
  readonly slots: number;
  readonly verdict: VerdictBy;
}

export interface Engines {
  readonly byName: ReadonlyMap<string, Engine>;
  /** The engine's name for each type of task that the daemon takes. */
  readonly types: ReadonlyMap<string, string>;
  /** For requests that name neither engine nor type. */
  readonly byDefault: string;
}

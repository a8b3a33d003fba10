/** What is kept of a run on the disk, so that a daemon that starts anew knows what it was. */
export interface RunRecord {
  /** Names the folder. */
  readonly runId: string;
  /** What engines report under, and callers ask for. */
  readonly id: string;
  readonly engine: string;
  readonly playbook: string;
  readonly inventory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly priority: number;
  /** Unix epoch ms. */
  readonly createdAtMs: number;
  /** Of the API's assignment; absent when it was asked for here. */
  readonly assignment?: Assignment;
}

export interface Assignment {
  readonly token: string;
  /** The client's name for its task. */
  readonly taskName: string;
  readonly attempt: number;
  readonly leaseMs: number;
}

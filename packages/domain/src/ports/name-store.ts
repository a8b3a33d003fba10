/**
 * What became of a registration that has a name: `new`; `repeated`, the task was there; `finished`, the name was reserved
 * and its task not registered yet; `key_reused`, the name came before with another content; `failed`.
 */
export type NamedOutcome = 'new' | 'repeated' | 'finished' | 'key_reused' | 'failed';

export interface NameSweep {
  /** Names that are reserved in the partition, or were a while ago. */
  readonly kept: number;
  /** Whether it is time for more names to be checked. */
  readonly more: boolean;
}

/** Names that clients give to tasks, such as idempotency keys. */
export interface NameStore {
  /** Checks some of a partition's names whose time it is, and frees those whose tasks ended long enough ago. */
  sweep(partition: number): Promise<NameSweep>;
}

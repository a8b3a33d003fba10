/** How far a step got. */
export interface DependencyStep {
  /** Tasks that were told, or checked. */
  readonly tasks: number;
  /** There may be others. */
  readonly more: boolean;
}

/** Tells tasks that wait for others what became of those, in whatever partitions either are. Every step may be repeated. */
export interface DependencyStore {
  /** Tells some of the tasks that wait for those of the partition that have ended. */
  tellDependants(partition: number): Promise<DependencyStep>;
  /**
   * Finds out for some of the waiting tasks of the partition, whose check is due, whether those that they wait for know of
   * them, or have ended.
   */
  checkWaiting(partition: number): Promise<DependencyStep>;
  /** Calls `listener` when a task ended for which others wait. A message may be lost. */
  onEnded(listener: (partition: number) => void): () => void;
}

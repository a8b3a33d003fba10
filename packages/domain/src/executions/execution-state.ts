/** A task's state on the wire, one of five. */
export type ExecutionStatus = 'pending' | 'running' | 'completed' | 'failed' | 'canceled';
export const EXECUTION_STATUSES: readonly ExecutionStatus[] = [
  'pending',
  'running',
  'completed',
  'failed',
  'canceled',
];

interface StateRow {
  /** What the contract's `TaskState` calls it by: fixed for good. */
  readonly number: number;
  readonly status: ExecutionStatus;
}

/**
 * Where a Spage task can stand. A change to a state is told by the event `task.<state>`. docs/spage.md has the same table, and
 * says what each state means.
 */
const TABLE = {
  waiting: { number: 1, status: 'pending' },
  scheduled: { number: 2, status: 'pending' },
  ready: { number: 3, status: 'pending' },
  assigned: { number: 4, status: 'pending' },
  running: { number: 5, status: 'running' },
  cancelling: { number: 6, status: 'running' },
  retrying: { number: 7, status: 'pending' },
  completed: { number: 8, status: 'completed' },
  failed: { number: 9, status: 'failed' },
  timed_out: { number: 10, status: 'failed' },
  cancelled: { number: 11, status: 'canceled' },
  expired: { number: 12, status: 'canceled' },
} as const satisfies Readonly<Record<string, StateRow>>;

export type ExecutionState = keyof typeof TABLE;
export const EXECUTION_STATES: Readonly<Record<ExecutionState, StateRow>> = TABLE;

/** How a Spage task ended. */
export type ExecutionEnd = Extract<
  ExecutionState,
  'completed' | 'failed' | 'timed_out' | 'cancelled' | 'expired'
>;

import type { EndState, TaskState } from '@boomerang/domain';

/** The numbers that records carry for states, as in `scripts/lib/record.lua` and the wire's `TaskState`. */
const STATES: Readonly<Record<number, TaskState>> = {
  1: 'scheduled',
  2: 'in_flight',
  3: 'retrying',
  4: 'delivered',
  5: 'dead_lettered',
  6: 'cancelled',
  7: 'expired',
  8: 'sent',
};

export function taskState(code: number): TaskState {
  const state = STATES[code];
  if (!state) throw new Error(`a record carries the unknown state ${code}`);
  return state;
}

export function endState(code: number): EndState {
  return taskState(code) as EndState;
}

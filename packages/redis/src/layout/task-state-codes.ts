import { type EndState, type TaskState, taskStateOf } from '@boomerang/domain';

/** The state that a record carries as a number. */
export function taskState(code: number): TaskState {
  const state = taskStateOf(code);
  if (!state) throw new Error(`a record carries the unknown state ${code}`);
  return state;
}

export function endState(code: number): EndState {
  return taskState(code) as EndState;
}

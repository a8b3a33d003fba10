import type { AttemptRecord } from './attempt-record.js';
import { ERROR_CLASSES, type ErrorClass } from './error-class.js';
import type { TaskState } from './task-state.js';

type Outcome = AttemptRecord['outcome'];

/** The numbers that states carry in the contract and in records: fixed for good. */
const STATE_NUMBERS: Readonly<Record<TaskState, number>> = {
  scheduled: 1,
  in_flight: 2,
  retrying: 3,
  delivered: 4,
  dead_lettered: 5,
  cancelled: 6,
  expired: 7,
  sent: 8,
  paused: 9,
};

/** The numbers that outcomes carry in the contract, error classes among them: fixed for good. Records have their own. */
const OUTCOME_NUMBERS: Readonly<Record<Outcome, number>> = {
  delivered: 1,
  sent: 2,
  stop: 3,
  connect: 4,
  timeout: 5,
  reset: 6,
  protocol: 7,
  rejected: 8,
  address: 9,
  unsendable: 10,
  lost: 11,
  expired: 12,
};

const STATES = byNumber(STATE_NUMBERS);
const OUTCOMES = byNumber(OUTCOME_NUMBERS);

export function taskStateNumber(state: TaskState): number {
  return STATE_NUMBERS[state];
}

/** Undefined for what is no number of a state, or only of a newer release. */
export function taskStateOf(number: number): TaskState | undefined {
  return STATES.get(number);
}

export function outcomeNumber(outcome: Outcome): number {
  return OUTCOME_NUMBERS[outcome];
}

/** Undefined for what is no number of an outcome, or only of a newer release. */
export function outcomeOf(number: number): Outcome | undefined {
  return OUTCOMES.get(number);
}

/** Undefined for what is no failure. */
export function errorClassOf(number: number): ErrorClass | undefined {
  return ERROR_CLASSES.find((errorClass) => OUTCOME_NUMBERS[errorClass] === number);
}

function byNumber<Name extends string>(numbers: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries<number>(numbers).map(([name, number]) => [number, name as Name]));
}

import { errorClassOf, outcomeNumber, outcomeOf, taskStateNumber, taskStateOf } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { expect, test } from 'vitest';

/** Names and numbers of an enum of the contract, without its UNSPECIFIED value. */
const membersOf = (wire: object) =>
  Object.entries(wire).filter(([name, number]) => Number.isNaN(Number(name)) && number !== 0);

test.each(membersOf(boomerang.TaskState))('%s has a state, by the same number', (name, number) => {
  const state = taskStateOf(number);
  expect(`TASK_STATE_${state?.toUpperCase()}`).toBe(name);
  expect(state && taskStateNumber(state)).toBe(number);
});

test.each(membersOf(boomerang.AttemptRecord.Outcome))(
  '%s has an outcome, by the same number',
  (name, number) => {
    const outcome = outcomeOf(number);
    expect(outcome === 'stop' ? 'STOPPED' : outcome?.toUpperCase()).toBe(name);
    expect(outcome && outcomeNumber(outcome)).toBe(number);
    expect(errorClassOf(number)).toBe(number > boomerang.AttemptRecord.Outcome.STOPPED ? outcome : undefined);
  },
);

test.each([0, -1, 99, 1.5, Number.NaN])('%s is the number of none', (number) => {
  expect([taskStateOf(number), outcomeOf(number), errorClassOf(number)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

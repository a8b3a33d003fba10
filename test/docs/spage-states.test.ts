import { expect, test } from 'vitest';
import { EXECUTION_STATES, TASK_EVENT_KINDS } from '../../packages/domain/dist/index.js';
import { spage } from '../../packages/protocol/dist/index.js';
import { readFromRoot, tableUnder } from './markdown.js';

const states = Object.entries(EXECUTION_STATES);

test('docs/spage.md tells every state of a task with its number and its status', () => {
  const documented = tableUnder(readFromRoot('docs/spage.md'), 'States');
  expect(documented.map(({ state, number, status }) => [state, number, status])).toEqual(
    states.map(([state, { number, status }]) => [state, String(number), status.toUpperCase()]),
  );
});

test('the contract has every state by its number, and no other', () => {
  const numbers = states.map(([state, { number }]) => [`TASK_STATE_${state.toUpperCase()}`, number]);
  expect(spage.core.TaskState).toMatchObject(Object.fromEntries(numbers));
  const names = Object.keys(spage.core.TaskState).filter((name) => name.startsWith('TASK_STATE_'));
  expect(names.sort()).toEqual(['TASK_STATE_UNSPECIFIED', ...numbers.map(([name]) => name)].sort());
});

test('each change to a state is an event', () => {
  expect(TASK_EVENT_KINDS).toEqual(expect.arrayContaining(states.map(([state]) => state)));
});

import { expect, test } from 'vitest';
import { TaskCounts } from './task-counts.js';

function counts(stored: { tasks: number; reads: number }) {
  let now = 0;
  const store = {
    async countTasks() {
      stored.reads++;
      return stored.tasks;
    },
  };
  const taskCounts = new TaskCounts(store, () => now);
  return {
    taskCounts,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('what is let in here counts at once, without the store being asked', async () => {
  const stored = { tasks: 7, reads: 0 };
  const { taskCounts } = counts(stored);
  for (let tasks = 8; tasks <= 10; tasks++) {
    expect(await taskCounts.hasRoom('shop', 1, 10)).toBe(true);
    taskCounts.add('shop', 1);
  }
  expect(await taskCounts.hasRoom('shop', 1, 10)).toBe(false);
  expect(stored.reads).toBe(1);
});

test('far from the limit nobody waits for the store; near it an old count is read anew first', async () => {
  const stored = { tasks: 0, reads: 0 };
  const { taskCounts, pass } = counts(stored);
  await taskCounts.hasRoom('shop', 1, 10);
  pass(1_001);
  expect(taskCounts.hasRoom('shop', 1, 10)).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  stored.tasks = 10;
  pass(1_001);
  await taskCounts.hasRoom('shop', 1, 10);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await taskCounts.hasRoom('shop', 1, 10)).toBe(false);
  stored.tasks = 9;
  pass(1_001);
  expect(await taskCounts.hasRoom('shop', 1, 10)).toBe(true);
});

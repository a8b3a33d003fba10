import type { DependencyStep } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { DependencySweeper } from './dependency-sweeper.js';

type Step = () => Promise<DependencyStep>;
const step =
  (tasks: number, more = false): Step =>
  async () => ({ tasks, more });

/** A sweeper of partition 3, and what it has told. */
function sweeperOf(tells: Step[], checks: Step[] = []) {
  const seen: unknown[] = [];
  const sweeper = new DependencySweeper(3, {
    dependencies: {
      tellDependants: () => (tells.shift() ?? step(0))(),
      checkWaiting: () => {
        seen.push('checked');
        return (checks.shift() ?? step(0))();
      },
      onEnded: () => () => undefined,
    },
    metrics: { toldDependants: (count) => seen.push(count) },
    log: { dependantsNotTold: (partition, error) => seen.push([partition, (error as Error).message]) },
  });
  return { sweeper, seen };
}

test('tells until nobody is left to be told, then checks until nothing is left to be checked', async () => {
  const { sweeper, seen } = sweeperOf([step(9, true), step(5)], [step(2, true)]);
  sweeper.sweep();
  await expect.poll(() => seen).toEqual([9, 5, 'checked', 0, 'checked']);
});

test('what ends while it tells is told as well', async () => {
  let finish = () => {};
  const slow: Step = () => new Promise((resolve) => (finish = () => resolve({ tasks: 1, more: false })));
  const { sweeper, seen } = sweeperOf([slow, step(7)]);
  sweeper.sweep();
  sweeper.wake();
  finish();
  await expect.poll(() => seen).toEqual([1, 'checked', 7, 'checked']);
});

test('tells of a failure, and goes on the next time', async () => {
  const { sweeper, seen } = sweeperOf([() => Promise.reject(new Error('away')), step(2)]);
  sweeper.sweep();
  await expect.poll(() => seen).toEqual([[3, 'away']]);
  sweeper.sweep();
  await expect.poll(() => seen.slice(1)).toEqual([2, 'checked']);
});

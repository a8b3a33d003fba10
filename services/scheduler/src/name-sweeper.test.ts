import { expect, test } from 'vitest';
import { NameSweeper } from './name-sweeper.js';

/** A sweeper of partition 3, and what it has told. */
function sweeperOf(sweeps: (() => Promise<{ kept: number; more: boolean }>)[]) {
  const told: unknown[] = [];
  const sweeper = new NameSweeper(3, {
    names: { sweep: () => (sweeps.shift() ?? (() => Promise.resolve({ kept: 0, more: false })))() },
    metrics: { swept: (partition, kept) => told.push([partition, kept]) },
    log: { sweepFailed: (partition, error) => told.push([partition, (error as Error).message]) },
  });
  return { sweeper, told };
}

test('sweeps until no name is left whose time it is', async () => {
  const step = (kept: number, more: boolean) => async () => ({ kept, more });
  const { sweeper, told } = sweeperOf([step(9, true), step(5, true), step(4, false), step(1, false)]);
  sweeper.sweep();
  sweeper.sweep();
  await expect
    .poll(() => told)
    .toEqual([
      [3, 9],
      [3, 5],
      [3, 4],
    ]);
});

test('tells of a failure and goes on the next time', async () => {
  const { sweeper, told } = sweeperOf([
    () => Promise.reject(new Error('away')),
    async () => ({ kept: 2, more: false }),
  ]);
  sweeper.sweep();
  await expect.poll(() => told).toEqual([[3, 'away']]);
  sweeper.sweep();
  await expect.poll(() => told.at(-1)).toEqual([3, 2]);
});

test('is closed when what is under way has ended, and begins nothing any more', async () => {
  let finish: (swept: { kept: number; more: boolean }) => void = () => undefined;
  const { sweeper, told } = sweeperOf([() => new Promise((resolve) => (finish = resolve))]);
  sweeper.sweep();
  const closed = sweeper.close();
  sweeper.sweep();
  finish({ kept: 7, more: true });
  await closed;
  expect(told).toEqual([[3, 7]]);
});

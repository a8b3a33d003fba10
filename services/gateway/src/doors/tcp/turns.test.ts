import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('jobs are done in order, with room for others after every few', async () => {
  const turns = new Turns();
  const done: number[] = [];
  const seen: number[] = [];
  for (let i = 0; i < 100; i++) turns.add(() => done.push(i));
  while (done.length < 100) {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(done.length);
  }
  expect(done).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(seen.length).toBeGreaterThan(5);
  turns.add(() => done.push(100));
  await expect.poll(() => done.at(-1)).toBe(100);
});

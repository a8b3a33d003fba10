import { BoomerangError } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { FailedAttempts } from './failed-attempts.js';

const wrong = async () => undefined;
const refused = async (): Promise<string> => {
  throw new BoomerangError('unauthorized', 'no');
};
const right = async () => 'shop';

async function msOf(attempt: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await attempt.catch(() => undefined);
  return performance.now() - startedAt;
}

test('after 20 failures in a row the answers to failures of an address wait, up to a second', async () => {
  let slowed = 0;
  const attempts = new FailedAttempts(() => slowed++);
  for (let i = 0; i < 20; i++) expect(await msOf(attempts.attempt('a', wrong))).toBeLessThan(200);
  expect(slowed).toBe(0);
  expect(await msOf(attempts.attempt('a', refused))).toBeGreaterThan(400);
  const [first, second] = await Promise.all([
    msOf(attempts.attempt('a', wrong)),
    msOf(attempts.attempt('a', refused)),
  ]);
  expect(Math.min(first, second)).toBeGreaterThan(400);
  expect(Math.max(first, second)).toBeGreaterThan(900);
  expect(slowed).toBe(3);
});

test('who succeeds is answered at once, whatever others of the same address do, and other addresses are not slowed', async () => {
  const attempts = new FailedAttempts(() => undefined);
  const failing = Array.from({ length: 100 }, () => attempts.attempt('a', wrong));
  expect(await msOf(attempts.attempt('a', right))).toBeLessThan(300);
  expect(await msOf(attempts.attempt('b', wrong))).toBeLessThan(300);
  await Promise.all(failing);
});

test('trouble of ours is nobody’s failure', async () => {
  const attempts = new FailedAttempts(() => undefined);
  const away = async (): Promise<string> => {
    throw new BoomerangError('unavailable', 'away');
  };
  for (let i = 0; i < 30; i++) expect(await msOf(attempts.attempt('a', away))).toBeLessThan(200);
  expect(await msOf(attempts.attempt('a', wrong))).toBeLessThan(200);
});

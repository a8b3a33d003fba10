import { setTimeout as sleep } from 'node:timers/promises';
import { BoomerangError } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { Deadline } from './deadline.js';

const BUDGET_MS = 300;
const codeOf = (error: unknown) => (error as BoomerangError).code;
const after = (ms: number) => () => sleep(ms);

async function timed(run: (deadline: Deadline) => Promise<unknown>) {
  const began = performance.now();
  const error = await run(new Deadline(BUDGET_MS)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, tookMs: performance.now() - began };
}

test('two steps that each stay below the time share it: the second is cut off', async () => {
  const { error, tookMs } = await timed(async (deadline) => {
    await deadline.reading(after(200));
    await deadline.writing(after(5_000));
  });
  expect(codeOf(error)).toBe('outcome_unknown');
  expect(tookMs).toBeGreaterThanOrEqual(BUDGET_MS - 2);
  expect(tookMs).toBeLessThan(5_000);
});

test('a step that only reads is told as one that changed nothing, cut off or failed without an answer', async () => {
  expect(codeOf((await timed((deadline) => deadline.reading(after(5_000)))).error)).toBe('unavailable');
  const lost = async () => {
    throw new BoomerangError('outcome_unknown', 'no answer');
  };
  expect(codeOf((await timed((deadline) => deadline.reading(lost))).error)).toBe('unavailable');
  expect(codeOf((await timed((deadline) => deadline.writing(lost))).error)).toBe('outcome_unknown');
});

test('a step that is to begin after the end of the time is not begun, so nothing was changed', async () => {
  let begun = false;
  const { error } = await timed(async (deadline) => {
    await sleep(BUDGET_MS + 10);
    await deadline.writing(async () => {
      begun = true;
    });
  });
  expect(codeOf(error)).toBe('unavailable');
  expect(begun).toBe(false);
});

test('what a step answers in time, or is refused with, passes unchanged', async () => {
  const deadline = new Deadline(BUDGET_MS);
  expect(await deadline.writing(async () => 7)).toBe(7);
  const refusal = new BoomerangError('session_expired', 'gone');
  await expect(deadline.reading(() => Promise.reject(refusal))).rejects.toBe(refusal);
});

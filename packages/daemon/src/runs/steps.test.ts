import { expect, test } from 'vitest';
import { type StepStatus, Steps, type StepUpdate } from './steps.js';

function update(key: string, status: StepStatus, atMs: number): StepUpdate {
  const times =
    status === 'running'
      ? { startedAtMs: atMs, completedAtMs: undefined }
      : { startedAtMs: undefined, completedAtMs: atMs };
  return { key, id: Number(key), name: key, status, output: `${status} ${atMs}`, error: '', ...times };
}

function hear(...updates: readonly StepUpdate[]): Steps {
  const steps = new Steps();
  for (const each of updates) steps.hear(each, 1_000);
  return steps;
}

test('progress is the steps done of the steps seen, and one more until the end: it never jumps back', () => {
  const steps = hear();
  const seen = [steps.percent];
  for (const key of ['1', '2', '3']) {
    for (const status of ['running', 'completed'] as const) {
      steps.hear(update(key, status, seen.length), 1_000);
      seen.push(steps.percent);
    }
  }
  expect(seen).toEqual([0, 0, 50, 50, 66, 66, 75]);
});

test('an end that arrives before its begin is one step that is over', () => {
  const steps = hear(update('0', 'completed', 20), update('0', 'running', 10));
  expect(steps).toMatchObject({ seen: 1, done: 1 });
  expect(steps.all[0]?.status).toBe('completed');
});

test('a loop begins and ends the same step again and again', () => {
  const begun = hear(update('3', 'running', 1), update('3', 'completed', 2), update('3', 'running', 3));
  expect(begun).toMatchObject({ seen: 2, done: 1 });
  expect(begun.all[0]?.status).toBe('running');
  begun.hear(update('3', 'failed', 4), 1_000);
  expect(begun).toMatchObject({ seen: 2, done: 2 });
  expect(begun.all[0]).toMatchObject({ status: 'failed', output: 'failed 4' });
});

test('of a long output the end is kept', () => {
  const steps = hear({ ...update('1', 'completed', 1), output: `${'x'.repeat(5_000_000)}end` });
  expect(steps.all[0]?.output).toHaveLength(16_384);
  expect(steps.all[0]?.output.endsWith('end')).toBe(true);
});

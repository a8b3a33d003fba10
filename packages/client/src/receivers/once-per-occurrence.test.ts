import { expect, test } from 'vitest';
import type { ReceivedCallback } from './callback.js';
import { oncePerOccurrence } from './once-per-occurrence.js';

function attempt(taskId: string, occurrence: number, clientId = 'c'): ReceivedCallback {
  return { taskId, clientId, occurrence } as ReceivedCallback;
}

test('an attempt that comes while another is at work on the occurrence waits for it and gets its verdict', async () => {
  let calls = 0;
  let done: (verdict: 'OK') => void = () => undefined;
  const handle = oncePerOccurrence(() => {
    calls += 1;
    return new Promise<'OK'>((resolve) => {
      done = resolve;
    });
  });
  const both = [handle(attempt('t', 1)), handle(attempt('t', 1))];
  await Promise.resolve();
  done('OK');
  expect(await Promise.all(both)).toEqual(['OK', 'OK']);
  expect(calls).toBe(1);
});

test('occurrences, tasks and clients are told apart', async () => {
  const seen: string[] = [];
  const handle = oncePerOccurrence(({ clientId, taskId, occurrence }) => {
    seen.push(`${clientId}${taskId}${occurrence}`);
  });
  for (const one of [attempt('t', 1), attempt('t', 2), attempt('u', 1), attempt('t', 1, 'd')])
    await handle(one);
  expect(seen).toEqual(['ct1', 'ct2', 'cu1', 'dt1']);
});

test('the eldest is forgotten first, and what failed at once', async () => {
  const seen: number[] = [];
  const handle = oncePerOccurrence(({ occurrence }) => {
    seen.push(occurrence);
    return occurrence === 9 ? { error: 'no' } : 'OK';
  }, 2);
  for (const occurrence of [1, 2, 2, 3, 3, 1, 9, 9]) await handle(attempt('t', occurrence));
  expect(seen).toEqual([1, 2, 3, 1, 9, 9]);
});

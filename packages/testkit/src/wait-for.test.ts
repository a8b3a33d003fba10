import { expect, test } from 'vitest';
import { waitFor } from './wait-for.js';

test('answers what the condition answers once that is something', async () => {
  let tries = 0;
  const later = async () => (++tries < 3 ? undefined : 0);
  expect(await waitFor(later, { message: 'the third try' })).toBe(0);
  expect(tries).toBe(3);
});

test('says what it waited for when time is up', async () => {
  const waiting = waitFor(() => false, { timeoutMs: 20, message: 'a wonder' });
  await expect(waiting).rejects.toThrow('waited 20 ms for a wonder');
});

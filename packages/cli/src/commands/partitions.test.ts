import { describe, expect, test } from 'vitest';
import { describeRaise, raise } from './partitions.js';

test.each(['0', '-1', '4097', '8.5', '1e2', 'many', ''])('a count of %j is refused', async (text) => {
  await expect(raise({}, text)).rejects.toThrow(
    `${JSON.stringify(text)} is no partition count; allowed: a whole number from 1 to 4096`,
  );
});

describe('what is said of a raise', () => {
  const counts = { oldest: 4, written: 4, read: 8 };

  test('names those that have to be restarted', () => {
    const readers = [
      { name: 'worker-wakes', address: '10.0.0.8:40312', partitions: 4, of: 8 },
      { name: '', address: '10.0.0.9:51234', partitions: 1, of: 8 },
    ];
    expect(describeRaise({ counts, behind: 2, readers })).toEqual([
      'step 1 of 2: schedulers and workers that start from now on look after 8 partitions; gateways still write to 4',
      "2 of them ran before and don't look after all of them yet:",
      '  worker-wakes at 10.0.0.8:40312 looks after 4 of 8',
      '  a connection without a name at 10.0.0.9:51234 looks after 1 of 8',
      'restart them, one after the other, and run this command again: it goes on when none is left',
    ]);
  });

  test('counts them where Redis does not tell who they are', () => {
    expect(describeRaise({ counts, behind: 1, readers: [] })[1]).toBe(
      "1 of them ran before and don't look after all of them yet",
    );
  });

  test('says what is left to do at the end', () => {
    const [done, rest] = describeRaise({ counts: { ...counts, written: 8 }, behind: 0, readers: [] });
    expect(done).toContain('gateways that start from now on write to all 8');
    expect(rest).toContain('restart the gateways that run');
  });
});

import { expect, test } from 'vitest';
import { firstTimes, nextTimes } from './next-times.js';

/** The times as a clock in UTC shows them, to the minute unless they have seconds. */
function times(cron: string, timeZone: string, after: string, count: number): string[] {
  const afterMs = Date.parse(after);
  const found = nextTimes({ cron, timeZone }, afterMs, count);
  return found.map((ms) => new Date(ms).toISOString().replace(/(:00)?\.000Z$/, ''));
}

/** Offsets from UTC: Berlin 1 h, in summer 2 h; Lord Howe 10.5 h, in summer 11 h; São Paulo −3 h, in summer −2 h. */
test.each<[string, string, string, string, string[]]>([
  [
    'a fixed time in a gap comes at the first instant after it',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00', '2026-03-30T00:30'],
  ],
  [
    'a fixed time that exists twice comes the first time only',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-24T12:00Z',
    ['2026-10-25T00:30', '2026-10-26T01:30'],
  ],
  [
    'of several fixed times, too',
    '30 2,14 * * *',
    'Europe/Berlin',
    '2026-10-24T13:00Z',
    ['2026-10-25T00:30', '2026-10-25T13:30'],
  ],
  [
    'hourly comes each hour of a day of 25 hours',
    '0 * * * *',
    'Europe/Berlin',
    '2026-10-24T23:30Z',
    ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00'],
  ],
  [
    'hourly comes each hour of a day of 23 hours',
    '0 * * * *',
    'Europe/Berlin',
    '2026-03-28T23:30Z',
    ['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00'],
  ],
  [
    'a gap of half an hour: a fixed time',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2026-10-02T20:00Z',
    ['2026-10-03T15:30', '2026-10-04T15:15'],
  ],
  [
    'an overlap of half an hour: a fixed time',
    '45 1 * * *',
    'Australia/Lord_Howe',
    '2026-04-03T20:00Z',
    ['2026-04-04T14:45', '2026-04-05T15:15'],
  ],
  [
    'an overlap of half an hour: each quarter of an hour',
    '*/15 * * * *',
    'Australia/Lord_Howe',
    '2026-04-04T14:30Z',
    ['2026-04-04T14:45', '2026-04-04T15:00', '2026-04-04T15:15', '2026-04-04T15:30'],
  ],
  [
    'a gap at midnight',
    '0 0 * * *',
    'America/Sao_Paulo',
    '2018-11-03T12:00Z',
    ['2018-11-04T03:00', '2018-11-05T02:00'],
  ],
  [
    'a zone that gave summer time up',
    '0 12 1 * *',
    'America/Sao_Paulo',
    '2019-01-15T00:00Z',
    ['2019-02-01T14:00', '2019-03-01T15:00'],
  ],
  ['a zone that left out a day', '0 0 30 12 *', 'Pacific/Apia', '2011-12-01T00:00Z', ['2012-12-29T10:00']],
  [
    'a zone whose summer time pauses for a month',
    '0 12 * * *',
    'Africa/Casablanca',
    '2025-02-22T00:00Z',
    ['2025-02-22T11:00', '2025-02-23T12:00'],
  ],
  [
    'the last day of the month',
    '0 0 L * *',
    'UTC',
    '2028-01-31T12:00Z',
    ['2028-02-29T00:00', '2028-03-31T00:00'],
  ],
  [
    'the last working day',
    '0 0 LW * *',
    'UTC',
    '2026-01-15T00:00Z',
    ['2026-01-30T00:00', '2026-02-27T00:00'],
  ],
  ['the working day next to the 15th', '0 0 15W * *', 'UTC', '2026-01-20T00:00Z', ['2026-02-16T00:00']],
  [
    'the working day next to the 1st stays in its month',
    '0 0 1W * *',
    'UTC',
    '2026-07-20T00:00Z',
    ['2026-08-03T00:00'],
  ],
  ['the third Friday', '0 0 * * 5#3', 'UTC', '2026-01-20T00:00Z', ['2026-02-20T00:00']],
  ['the last Friday', '0 0 * * FRI#L', 'UTC', '2026-01-20T00:00Z', ['2026-01-30T00:00']],
  [
    'the 13th or a Friday',
    '0 0 13 * 5',
    'UTC',
    '2026-02-10T00:00Z',
    ['2026-02-13T00:00', '2026-02-20T00:00'],
  ],
  ['Sunday is 0 and 7', '0 0 * * 7', 'UTC', '2026-01-20T00:00Z', ['2026-01-25T00:00']],
  ['a leap day', '0 0 29 2 *', 'UTC', '2026-01-20T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['six fields begin with the second', '15 30 9 * * *', 'UTC', '2026-01-20T00:00Z', ['2026-01-20T09:30:15']],
  ['a nickname', '@daily', 'UTC', '2026-01-20T12:00Z', ['2026-01-21T00:00']],
])('%s', (_, cron, timeZone, after, expected) => {
  expect(times(cron, timeZone, after, expected.length)).toEqual(expected);
});

test('a time is never given again when it is asked for what follows it', () => {
  const calendar = { cron: '*/7 * * * * *', timeZone: 'Europe/Berlin' };
  let after = Date.parse('2026-10-25T00:59:00Z');
  for (const time of nextTimes(calendar, after, 50)) {
    expect(nextTimes(calendar, after, 1)).toEqual([time]);
    after = time;
  }
});

test('what follows a time between two seconds is the next second', () => {
  const calendar = { cron: '* * * * * *', timeZone: 'UTC' };
  expect(nextTimes(calendar, 1_500, 2)).toEqual([2_000, 3_000]);
  expect(nextTimes(calendar, 1_999, 1)).toEqual([2_000]);
});

test('nothing is further ahead than a task can be due', () => {
  const after = Date.parse('2025-01-01T00:00:00Z');
  expect(nextTimes({ cron: '0 0 29 2 *', timeZone: 'UTC' }, after, 10)).toHaveLength(2);
});

test.each<[string, string, string, string]>([
  ['* * * *', 'UTC', 'cron', 'exactly five'],
  ['', 'UTC', 'cron', 'exactly five'],
  ['* * * * * * 2030', 'UTC', 'cron', '7'],
  ['61 * * * * *', 'UTC', 'cron', 'Invalid value for second: 61'],
  ['0 25 * * *', 'UTC', 'cron', 'Invalid value for hour: 25'],
  ['5-1 * * * *', 'UTC', 'cron', 'larger'],
  ['*/0 * * * *', 'UTC', 'cron', 'stepping'],
  ['1,,2 * * * *', 'UTC', 'cron', 'empty'],
  ['a b c d e', 'UTC', 'cron', 'illegal'],
  ['@reboot', 'UTC', 'cron', '@reboot'],
  ['0 0 31 2 *', 'UTC', 'cron', 'has no time within ten years'],
  ['0 0 31 2,4,6,9,11 *', 'UTC', 'cron', 'has no time within ten years'],
  [`${'1,'.repeat(80)}1 * * * *`, 'UTC', 'cron', 'at most 128'],
  ['* * * * *', 'Mars/Olympus_Mons', 'timeZone', 'Europe/Berlin'],
  ['* * * * *', '+02:00', 'timeZone', 'Europe/Berlin'],
  ['* * * * *', '', 'timeZone', 'Europe/Berlin'],
])('%j in %j is refused', (cron, timeZone, field, message) => {
  expect(() => firstTimes({ cron, timeZone }, Date.parse('2026-01-01T00:00:00Z'), 3)).toThrow(
    expect.objectContaining({ code: 'invalid_request', field, message: expect.stringContaining(message) }),
  );
});

import { expect, test } from 'vitest';
import { renderTop, topLine } from './render-top.js';

const none = { registered: 0, cancelled: 0, delivered: 0, retried: 0, deadLettered: 0, givenBack: 0 };
const quiet = { ...none, lateness: { p50: null, p99: null } };
const busy = { ...none, registered: 120, delivered: 55, lateness: { p50: 1.25, p99: 12 } };
const stats = {
  client: 'shop',
  now: '2030-01-31T12:00:00.000Z',
  series: [quiet, busy],
  total: { ...busy, delivered: 600 },
  waiting: { tasks: 7, deadLetters: 2 },
  heldEndpoints: [{ client: 'shop', endpoint: 'http://a\u001b[2J/' }],
};
const forecast = { before: 3, slots: [1, 2, 0, 0, 0, 4] };

test('the picture has rates of the last ten seconds and of the minute, and what is due', () => {
  expect(renderTop('http://x', stats, forecast).split('\n')).toEqual(
    [
      'http://x  shop  2030-01-31T12:00:00.000Z',
      '',
      'per second      last 10 s      last minute',
      'registered      12.0           2.0',
      'cancelled       0.0            0.0',
      'delivered       5.5            10.0',
      'retried         0.0            0.0',
      'dead-lettered   0.0            0.0',
      'given back      0.0            0.0',
      'late p50 / p99  1.3 / 12.0 ms  1.3 / 12.0 ms',
      '',
      'due          3 overdue, 1 in 10 s, 7 in a minute',
      'waiting      7 tasks, 2 dead letters',
      'held back    http://a\ufffd[2J/: it keeps failing',
      '',
    ].map((line) => line.replace(/ +$/, '')),
  );
});

test('a line for a pipe has the same of the last ten seconds', () => {
  expect(topLine({ ...stats, series: [] }, forecast)).toContain('registered 0.0/s\t');
  expect(topLine(stats, forecast)).toBe(
    '2030-01-31T12:00:00.000Z\tregistered 12.0/s\tcancelled 0.0/s\tdelivered 5.5/s\tretried 0.0/s\tdead-lettered 0.0/s\t' +
      'given back 0.0/s\tlate 1.3 / 12.0 ms\t3 overdue, 1 in 10 s, 7 in a minute\t7 tasks\t2 dead letters',
  );
});

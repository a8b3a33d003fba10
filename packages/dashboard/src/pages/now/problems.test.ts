import { expect, test } from 'vitest';
import type { Process, Second, Stats } from '../../api/types.js';
import { problemsOf } from './problems.js';

const nothing: Second = {
  at: '2030-01-01T00:00:00.000Z',
  reports: 3,
  registered: 0,
  cancelled: 0,
  delivered: 0,
  retried: 0,
  deadLettered: 0,
  givenBack: 0,
  stale: 0,
  http: 0,
  grpc: 0,
  tcp: 0,
  udp: 0,
  lateness: { p50: null, p99: null, p999: null },
};

function process(service: string, gauges: Record<string, number> = {}, version = '1.0.0'): Process {
  return { service, instance: service, version, startedAt: nothing.at, lastSeenAt: nothing.at, gauges };
}
const ALL = [process('gateway'), process('scheduler'), process('worker', { slots: 1_000 })];

function stats(what: Partial<Stats>): Stats {
  return {
    client: null,
    now: nothing.at,
    series: [nothing],
    total: nothing,
    incomplete: false,
    heldEndpoints: [],
    processes: ALL,
    ...what,
  };
}

const texts = (what: Partial<Stats>) => problemsOf(stats(what)).map(({ level, text }) => `${level}: ${text}`);

test('nothing is wrong where nothing is', () => {
  expect(texts({})).toEqual([]);
  expect(problemsOf({ ...stats({}), processes: undefined } as unknown as Stats)).toEqual([]);
});

test.each<[string, Partial<Stats>]>([
  ['bad: No worker is running', { processes: ALL.slice(0, 2) }],
  ['bad: No scheduler is running', { processes: [ALL[0], ALL[2]] as Process[] }],
  [
    'bad: Redis uses 82 % of its memory: registrations are refused',
    { processes: [...ALL, process('gateway', { redisMemory: 0.82 })] },
  ],
  [
    'warning: 1,200 are due and not claimed',
    { processes: [...ALL, process('scheduler', { overdue: 1_200 })] },
  ],
  [
    'warning: Nearly all delivery slots are in use',
    { processes: [...ALL, process('worker', { slotsInUse: 990 })] },
  ],
  [
    'warning: Processes of several releases are running',
    { processes: [...ALL, process('worker', {}, '1.1.0')] },
  ],
  ['warning: 3 dead-lettered in the last minute', { series: [{ ...nothing, deadLettered: 3 }] }],
  [
    'warning: Attempts are up to 2.5 s late (p99)',
    { series: [{ ...nothing, lateness: { p50: 1, p99: 2_500, p999: 2_500 } }] },
  ],
  [
    'warning: http://a keeps failing; what is due there is held back',
    { heldEndpoints: [{ client: 'shop', endpoint: 'http://a' }] },
  ],
])('%s', (text, what) => {
  expect(texts(what)).toEqual([text]);
});

test('the worst comes first', () => {
  const [first] = texts({ processes: ALL.slice(0, 2), series: [{ ...nothing, deadLettered: 1 }] });
  expect(first).toBe('bad: No worker is running');
});

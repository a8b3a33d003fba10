import { expect, test } from 'vitest';
import { ActivityRecorder, MOST_CLIENTS } from './activity-recorder.js';
import { addLateness, type LatenessHistogram, latenessAt } from './lateness-histogram.js';

test('counts what clients do until it is taken, all of it and by client', () => {
  const recorder = new ActivityRecorder();
  recorder.count('shop', 'registered');
  recorder.count('rival', 'registered', 3);
  recorder.attempted('shop', 'GRPC', 4);
  const { all, clients, clientsLeftOut } = recorder.take();
  expect(all.counts).toMatchObject({ registered: 4, grpc: 1, http: 0 });
  expect(clients.get('shop')?.counts).toMatchObject({ registered: 1, grpc: 1 });
  expect(clients.get('rival')?.counts.registered).toBe(3);
  expect(latenessAt(all.lateness, 0.5)).toBeGreaterThanOrEqual(4);
  expect(clientsLeftOut).toBe(false);
  expect(recorder.take().clients.size).toBe(0);
});

test('tells the busiest clients apart, counts all, and says that some are left out', () => {
  const recorder = new ActivityRecorder();
  for (let i = 0; i <= MOST_CLIENTS; i++) recorder.count(`c${i}`, 'delivered', i + 1);
  const { all, clients, clientsLeftOut } = recorder.take();
  expect([clients.size, clients.has('c0'), clients.has('c1'), clientsLeftOut]).toEqual([
    MOST_CLIENTS,
    false,
    true,
    true,
  ]);
  expect(all.counts.delivered).toBe(((MOST_CLIENTS + 1) * (MOST_CLIENTS + 2)) / 2);
});

test('a percentile is at most 20 % above the lateness that it stands for, and never below', () => {
  const histogram: LatenessHistogram = new Map();
  for (let ms = 1; ms <= 10_000; ms++) addLateness(histogram, ms);
  for (const share of [0.001, 0.5, 0.99, 0.999]) {
    const exact = 10_000 * share;
    expect(latenessAt(histogram, share)).toBeGreaterThanOrEqual(exact);
    expect(latenessAt(histogram, share)).toBeLessThanOrEqual(exact * 1.2 + 0.001);
  }
  expect(latenessAt(new Map(), 0.5)).toBeUndefined();
});

test.each([0, -1, 1e12])('a lateness of %d ms has a bucket', (ms) => {
  const histogram: LatenessHistogram = new Map();
  addLateness(histogram, ms);
  expect(latenessAt(histogram, 1)).toBeGreaterThan(0);
});

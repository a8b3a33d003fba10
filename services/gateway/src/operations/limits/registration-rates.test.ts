import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RegistrationRates } from './registration-rates.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store as `spend.lua` is one, by the same clock as the gateways. */
function commonBucket() {
  let [left, at, calls] = [Number.NaN, 0, 0];
  return {
    calls: () => calls,
    async spend(_clientId: string, count: number, perSecond: number) {
      calls++;
      const now = Date.now();
      left = Number.isNaN(left) ? perSecond : Math.min(perSecond, left + ((now - at) * perSecond) / 1_000);
      at = now;
      left -= count;
      return Math.floor(left);
    },
  };
}

const clock = () => Date.now();
const fail = (error: unknown) => {
  throw error;
};

test('a second’s worth is let in at once after a rest, then as many as the limit says', async () => {
  const rates = new RegistrationRates(commonBucket(), fail, clock);
  const take = () => rates.take('shop', 1, 100);
  expect(Array.from({ length: 100 }, take).every((waitMs) => waitMs === 0)).toBe(true);
  expect(take()).toBe(10);
  await vi.advanceTimersByTimeAsync(10);
  expect(take()).toBe(0);
  expect(take()).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(Array.from({ length: 101 }, take).filter((waitMs) => waitMs === 0)).toHaveLength(100);
});

test('over all gateways together no more than the limit is let in over time, and the store is asked ten times a second', async () => {
  const store = commonBucket();
  const gateways = [1, 2, 3].map(() => new RegistrationRates(store, fail, clock));
  let letIn = 0;
  for (let ms = 0; ms < 20_000; ms += 5) {
    for (const rates of gateways) while (rates.take('shop', 1, 100) === 0) letIn++;
    await vi.advanceTimersByTimeAsync(5);
  }
  // 20 s and the bucket; and what three let in before they had heard of each other.
  expect(letIn).toBeGreaterThan(1_900);
  expect(letIn).toBeLessThan(2_400);
  expect(store.calls()).toBeLessThanOrEqual(3 * 201);
});

test('one client’s limit is no other’s', () => {
  const rates = new RegistrationRates(commonBucket(), fail, clock);
  expect(rates.take('shop', 1, 1)).toBe(0);
  expect(rates.take('shop', 1, 1)).toBe(1_000);
  expect(rates.take('rival', 1, 1)).toBe(0);
});

test('more at once than a second’s worth is let in when the bucket is full, and paid back', async () => {
  const rates = new RegistrationRates(commonBucket(), fail, clock);
  expect(rates.take('shop', 250, 100)).toBe(0);
  await vi.advanceTimersByTimeAsync(1_400);
  expect(rates.take('shop', 1, 100)).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(150);
  expect(rates.take('shop', 1, 100)).toBe(0);
});

test('while the store is away each gateway keeps the limit by itself, and tells all of it later', async () => {
  const store = commonBucket();
  const errors: unknown[] = [];
  let away = true;
  const spend = async (...args: Parameters<typeof store.spend>) => {
    if (away) throw new Error('away');
    return store.spend(...args);
  };
  const rates = new RegistrationRates({ spend }, (error) => errors.push(error), clock);
  for (let i = 0; i < 100; i++) rates.take('shop', 1, 100);
  await vi.advanceTimersByTimeAsync(150);
  expect(errors.length).toBeGreaterThan(0);
  away = false;
  await vi.advanceTimersByTimeAsync(200);
  // A gateway that has let in nothing itself hears of it with its first task.
  const other = new RegistrationRates({ spend }, fail, clock);
  other.take('shop', 1, 100);
  await vi.advanceTimersByTimeAsync(1);
  expect(other.take('shop', 50, 100)).toBeGreaterThan(0);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryWatch } from './memory-watch.js';

const MEBIBYTE = 1_048_576;
let usedBytes: number;
let limitBytes: number;
let fails: boolean;
let shares: number[];
let changes: boolean[];
let watch: MemoryWatch;
beforeEach(async () => {
  vi.useFakeTimers();
  [usedBytes, limitBytes, fails, shares, changes] = [10 * MEBIBYTE, 100 * MEBIBYTE, false, [], []];
  watch = new MemoryWatch({
    async readUse() {
      if (fails) throw new Error('away');
      return { usedBytes, limitBytes, mayEvict: false };
    },
    metrics: { redisMemory: (share) => void shares.push(share) },
    log: { memoryShort: (_share, short) => void changes.push(short), memoryUnknown: () => undefined },
  });
  await watch.start();
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});
const nextLook = () => vi.advanceTimersByTimeAsync(1_000);

test('refuses from 80 % on, says so, and takes again below 78 %', async () => {
  watch.requireRoom(100);
  usedBytes = 80 * MEBIBYTE;
  await nextLook();
  expect(() => watch.requireRoom(100)).toThrow(
    'the store is short of memory: Redis uses 80 % of its maxmemory, and nothing new is taken from 80 % on',
  );
  usedBytes = 79 * MEBIBYTE;
  await nextLook();
  expect(() => watch.requireRoom(100)).toThrow();
  usedBytes = 77 * MEBIBYTE;
  await nextLook();
  watch.requireRoom(100);
  expect(changes).toEqual([true, false]);
  expect(shares.at(-1)).toBeCloseTo(0.77);
});

test('counts what it takes between two looks, and forgets it once Redis tells', async () => {
  let taken = 0;
  expect(() => {
    for (; taken < 100; taken++) watch.requireRoom(MEBIBYTE);
  }).toThrow(/short of memory/);
  expect(taken).toBeGreaterThan(40);
  expect(taken).toBeLessThan(70);
  await nextLook();
  watch.requireRoom(MEBIBYTE);
});

test('without a limit it refuses nothing; while Redis does not tell, what it told last holds', async () => {
  usedBytes = 90 * MEBIBYTE;
  await nextLook();
  fails = true;
  await nextLook();
  expect(() => watch.requireRoom(0)).toThrow();
  fails = false;
  limitBytes = 0;
  await nextLook();
  for (let i = 0; i < 1_000; i++) watch.requireRoom(MEBIBYTE);
});

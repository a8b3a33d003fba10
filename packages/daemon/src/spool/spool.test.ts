import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../../test-support/engine-files.js';
import { Spool } from './spool.js';

function open(state: string, mostBytes = 1_048_576) {
  const heard = { dropped: 0, damaged: 0, full: 0 };
  const spool = new Spool(state, mostBytes, {
    dropped: (reports) => {
      heard.dropped += reports;
    },
    damaged: () => {
      heard.damaged += 1;
    },
    full: () => {
      heard.full += 1;
    },
  });
  return { spool, heard };
}
const progress = (n: number, size = 10) => ({
  type: 'task.progress',
  data: { n: String(n), x: 'x'.repeat(size) },
});
const result = (n: number) => ({ type: 'task.completed', data: { n: String(n) } });
const numbers = (spool: Spool) => spool.first(100_000).map(({ report }) => Number(report.data.n));

test('reports come out in order, and are gone once they were taken', () => {
  const { spool } = open(testFolder());
  spool.addProgress(progress(1));
  void spool.addResult(result(2));
  spool.addProgress(progress(3));
  expect(numbers(spool)).toEqual([1, 2, 3]);
  spool.taken(spool.first(2)[1]?.sequence ?? 0);
  expect(numbers(spool)).toEqual([3]);
  spool.taken(spool.first(1)[0]?.sequence ?? 0);
  expect(spool).toMatchObject({ length: 0, bytes: 0 });
});

test('a result is on the disk when it is said to be, and what waits is found again', async () => {
  const state = testFolder();
  const { spool } = open(state);
  spool.addProgress(progress(1));
  await spool.addResult(result(2));
  expect(numbers(open(state).spool)).toEqual([1, 2]);
  const { spool: again } = open(state);
  again.addProgress(progress(3));
  expect(numbers(again)).toEqual([1, 2, 3]);
});

test('over the bound the oldest progress is given up, and no result ever', () => {
  const state = testFolder();
  const { spool, heard } = open(state, 20_000);
  for (let n = 0; n < 400; n += 1) {
    if (n % 10 === 0) void spool.addResult(result(n));
    else spool.addProgress(progress(n, 100));
  }
  const left = numbers(spool);
  expect(left.filter((n) => n % 10 === 0)).toEqual(Array.from({ length: 40 }, (_, i) => i * 10));
  expect(left).toContain(399);
  expect(left).not.toContain(1);
  expect(heard.dropped).toBe(400 - left.length);
  expect(spool.bytes).toBeLessThanOrEqual(20_000);
  expect(left).toEqual([...left].sort((one, other) => one - other));
  expect(numbers(open(state, 20_000).spool)).toEqual(left);
});

test('results alone may be more than the bound; then progress is given up at once', () => {
  const { spool, heard } = open(testFolder(), 2_000);
  for (let n = 0; n < 100; n += 1) void spool.addResult(result(n));
  spool.addProgress(progress(100));
  expect(numbers(spool)).toHaveLength(100);
  expect(heard.dropped).toBe(1);
});

test('a file that is cut at any byte loses what the cut has hit, and nothing before it', async () => {
  const state = testFolder();
  const { spool } = open(state);
  for (let n = 0; n < 4; n += 1) await spool.addResult(result(n));
  const [name = ''] = readdirSync(join(state, 'spool'));
  const whole = readFileSync(join(state, 'spool', name));
  const ends = spool.first(4).map((_, i) => (i + 1) * (whole.length / 4));
  for (let bytes = 0; bytes <= whole.length; bytes += 1) {
    const copy = testFolder();
    cpSync(join(state, 'spool'), join(copy, 'spool'), { recursive: true });
    truncateSync(join(copy, 'spool', name), bytes);
    const { spool: cut, heard } = open(copy);
    const whole4 = ends.filter((end) => end <= bytes).length;
    expect(numbers(cut), `${bytes} bytes`).toEqual(Array.from({ length: whole4 }, (_, i) => i));
    expect(heard.damaged, `${bytes} bytes`).toBe(ends.includes(bytes) || bytes === 0 ? 0 : 1);
    await cut.addResult(result(9));
    expect(numbers(cut).at(-1)).toBe(9);
    cut.close();
    expect(numbers(open(copy).spool).at(-1)).toBe(9);
  }
});

test('a byte that was changed costs its record and what is behind it in the file', async () => {
  const state = testFolder();
  const { spool } = open(state);
  for (let n = 0; n < 4; n += 1) await spool.addResult(result(n));
  const [name = ''] = readdirSync(join(state, 'spool'));
  const file = join(state, 'spool', name);
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2) + 20;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  expect(numbers(open(state).spool)).toEqual([0, 1]);
});

test('an hour of one report a second stays small, and leaves an empty file', () => {
  const state = testFolder();
  const { spool } = open(state, 64 * 1_048_576);
  for (let n = 0; n < 3_600; n += 1) spool.addProgress(progress(n));
  expect(spool.length).toBe(3_600);
  expect(spool.bytes).toBeLessThan(1_048_576);
  spool.taken(Number.MAX_SAFE_INTEGER);
  const sizes = readdirSync(join(state, 'spool')).map((name) => statSync(join(state, 'spool', name)).size);
  expect(sizes).toEqual([0]);
});

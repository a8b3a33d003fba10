import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishStack, runningRedis } from './stack-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-stack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a stack is found while it runs', () => {
  expect(runningRedis(folder)).toBeUndefined();
  const takeBack = publishStack(folder, 'redis://127.0.0.1:1');
  expect(runningRedis(folder)).toBe('redis://127.0.0.1:1');
  takeBack();
  expect(runningRedis(folder)).toBeUndefined();
});

test('a stack that died without taking its file back is not found, and the file of another is left alone', () => {
  const takeBack = publishStack(folder, 'redis://127.0.0.1:1');
  const other = { owner: { pid: 1, startedAt: 'never' }, redis: 'redis://127.0.0.1:2' };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify(other));
  takeBack();
  if (process.platform === 'linux') expect(runningRedis(folder)).toBeUndefined();
});

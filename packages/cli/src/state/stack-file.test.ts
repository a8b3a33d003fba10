import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishStack, runningStack } from './stack-file.js';

const ADDRESSES = {
  redis: { url: 'rediss://127.0.0.1:1', sentinelMaster: 'timers', tlsCa: '/ca.pem' },
  gateway: 'tcp://127.0.0.1:2',
  http: 'http://127.0.0.1:3',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-stack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a stack is found while it runs', () => {
  expect(runningStack(folder)).toBeUndefined();
  const takeBack = publishStack(folder, ADDRESSES);
  expect(runningStack(folder)).toMatchObject(ADDRESSES);
  takeBack();
  expect(runningStack(folder)).toBeUndefined();
});

test('a stack that died without taking its file back is not found, and the file of another is left alone', () => {
  const takeBack = publishStack(folder, ADDRESSES);
  const other = { owner: { pid: 1, startedAt: 'never' }, ...ADDRESSES };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify(other));
  takeBack();
  if (process.platform === 'linux') expect(runningStack(folder)).toBeUndefined();
});

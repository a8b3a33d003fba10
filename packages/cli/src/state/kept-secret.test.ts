import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepSecret, keptSecret } from './kept-secret.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the first secret is kept, for its owner only, and nothing else is left', () => {
  const file = join(folder, 'pepper');
  expect(keptSecret(file)).toBeUndefined();
  expect(keepSecret(file, 'first')).toBe('first');
  expect(keepSecret(file, 'second')).toBe('first');
  expect(keptSecret(file)).toBe('first');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['pepper']);
});

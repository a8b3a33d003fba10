import { expect, test } from 'vitest';
import { checkAfterMs, nameFate, REGISTER_WITHIN_MS } from './name-fate.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = 1_795_305_600_000;
const reservedAgo = (ageMs: number, lifetimeMs = DAY_MS) => ({ reservedMs: NOW - ageMs, lifetimeMs });

test('the name of a task that lives is kept, and checked less and less often', () => {
  const checks = [0, 4 * HOUR_MS, 16 * HOUR_MS, 400 * DAY_MS].map((ageMs) =>
    nameFate(NOW, reservedAgo(ageMs), 'live'),
  );
  expect(checks.map((fate) => 'atMs' in fate && (fate.atMs - NOW) / HOUR_MS)).toEqual([1, 1, 4, 24]);
  expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(['keep']));
});

test('the name of a task that has ended is free a lifetime later, and its receipt stays for longer', () => {
  expect(nameFate(NOW, reservedAgo(HOUR_MS), 'ended')).toEqual({
    kind: 'end',
    lifetimeMs: DAY_MS,
    atMs: NOW + DAY_MS + 2 * REGISTER_WITHIN_MS,
  });
});

test.each([
  ['a day', DAY_MS, DAY_MS],
  ['a second', 1_000, 2 * REGISTER_WITHIN_MS],
])(
  'a name with a lifetime of %s is given up when its task can not be registered any more',
  (_, lifetimeMs, ms) => {
    expect(nameFate(NOW, reservedAgo(0, lifetimeMs), 'unregistered')).toEqual({
      kind: 'keep',
      atMs: NOW + ms,
    });
    expect(nameFate(NOW, reservedAgo(ms - 1, lifetimeMs), 'unregistered')).toEqual({
      kind: 'keep',
      atMs: NOW + 1,
    });
    expect(nameFate(NOW, reservedAgo(ms, lifetimeMs), 'unregistered')).toEqual({ kind: 'abandon' });
  },
);

test('what is left of a name that is free is removed', () => {
  for (const standing of ['unregistered', 'live', 'ended'] as const) {
    expect(nameFate(NOW, undefined, standing)).toEqual({ kind: 'forget' });
  }
});

test('a check is at least a second away, however short the lifetime is', () => {
  expect(checkAfterMs(1_000, 0)).toBe(1_000);
  expect(checkAfterMs(1_000, DAY_MS)).toBe(1_000);
});

import { expect, test } from 'vitest';
import { contentFingerprint } from './content-fingerprint.js';
import { nameOf } from './name-of.js';

const CONTENT = { payload: Buffer.from('seven'), delayMs: 1_500, repeatIntervalMs: 0 };
const fingerprint = (content = {}, pepper = 'pepper', key = 'order-7') =>
  contentFingerprint(pepper, nameOf('shop', key, 4), { ...CONTENT, ...content }, Buffer.alloc(16)).toString(
    'hex',
  );

test('every release finds the same name and the same content: these are written in Redis', () => {
  expect(nameOf('shop', 'order-7', 4)).toEqual({ text: 'oD9rpmxbsv3ghS2nOoWiFw', home: 1 });
  expect(fingerprint()).toBe('57e691970e51de84c50aeed466e4ddf0');
});

test('a name does not depend on the partition count, only its home does', () => {
  const homes = Array.from({ length: 1_000 }, (_, n) => nameOf('shop', `order-${n}`, 4).home);
  expect(new Set(homes)).toEqual(new Set([0, 1, 2, 3]));
  expect(nameOf('shop', 'order-7', 8).text).toBe(nameOf('shop', 'order-7', 4).text);
});

test('no two clients and no two keys have one name', () => {
  const pairs = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['a', 'b c'],
    ['a', ' bc'],
    ['A', 'bc'],
    ['a', 'é'],
    ['a', 'e\u0301'],
  ] as const;
  expect(new Set(pairs.map(([client, key]) => nameOf(client, key, 4).text)).size).toBe(pairs.length);
});

test('another payload, delay, interval, key or pepper makes another fingerprint', () => {
  const all = [
    fingerprint(),
    fingerprint({ payload: Buffer.from('Seven') }),
    fingerprint({ payload: Buffer.from('') }),
    fingerprint({ delayMs: 150, repeatIntervalMs: 0 }),
    fingerprint({ delayMs: 0, repeatIntervalMs: 1_500 }),
    fingerprint({ delayMs: 0, atMs: 1_500 }),
    fingerprint({ delayMs: 0, atMs: 1_501 }),
    fingerprint({}, 'salt'),
    fingerprint({}, 'pepper', 'order-8'),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(fingerprint({ payload: new Uint8Array(CONTENT.payload) })).toBe(all[0]);
});

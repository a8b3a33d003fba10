import { expect, test } from 'vitest';
import { parseKeyOptions } from './key-options.js';

test('nothing asked for is nothing decided', () => {
  expect(parseKeyOptions({})).toEqual({});
});

test('permissions come in their order, each once', () => {
  expect(parseKeyOptions({ permissions: 'admin, read,read' })).toEqual({ permissions: ['read', 'admin'] });
});

test.each([
  ['30m', 30 * 60_000],
  ['12h', 12 * 3_600_000],
  ['90d', 90 * 86_400_000],
])('a key may end in %s', (expires, ms) => {
  const { expiresAtMs = 0 } = parseKeyOptions({ expires });
  expect(Math.abs(expiresAtMs - Date.now() - ms)).toBeLessThan(1_000);
});

test('a key may end at a time', () => {
  expect(parseKeyOptions({ expires: '2999-01-01T00:00+01:00' }).expiresAtMs).toBe(Date.UTC(2998, 11, 31, 23));
});

test.each([
  [{ permissions: '' }, '--permissions: "" can\'t be used; allowed: register, read, manage, execute, admin'],
  [{ permissions: 'read;admin' }, '--permissions: "read;admin" can\'t be used'],
  [{ permissions: 'Read' }, '--permissions: "Read" can\'t be used'],
  [{ expires: '0d' }, '--expires: "0d" can\'t be used; allowed: a time in the future'],
  [{ expires: '2020-01-01' }, '--expires: "2020-01-01" can\'t be used'],
  [{ expires: '2999-01-01T00:00' }, '--expires: "2999-01-01T00:00" can\'t be used'],
  [{ expires: 'soon' }, '--expires: "soon" can\'t be used'],
  [{ keyName: '' }, '--key-name: "" can\'t be used; allowed: 1 to 100 characters'],
  [{ keyName: 'a\nb' }, '--key-name: "a\\nb" can\'t be used'],
])('%j is refused with what is allowed', (options, message) => {
  expect(() => parseKeyOptions(options)).toThrow(message);
});

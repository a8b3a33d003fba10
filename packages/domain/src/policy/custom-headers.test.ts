import { expect, test } from 'vitest';
import { DEFAULT_ALLOWED_HEADERS, requireCustomHeaders } from './custom-headers.js';

const required = (headers: Record<string, string>, allowed = DEFAULT_ALLOWED_HEADERS) =>
  requireCustomHeaders(headers, allowed);

test('names are in lower case and in order, values as they are', () => {
  const headers = required({ 'X-Team': 'a b', Authorization: 'Bearer 1', 'x-empty': '' });
  expect(Object.entries(headers)).toEqual([
    ['authorization', 'Bearer 1'],
    ['x-empty', ''],
    ['x-team', 'a b'],
  ]);
});

test('an operator says which names there may be, and never those that say how a message is read', () => {
  expect(required({ 'circle-token': '1' }, ['circle-token'])).toEqual({ 'circle-token': '1' });
  expect(() => required({ 'x-team': '1' }, ['circle-token'])).toThrow(/allowed: circle-token$/);
  expect(() => required({ 'x-team': '1' }, [])).toThrow(/allowed: none$/);
  for (const name of ['host', 'Content-Length', 'transfer-encoding', 'connection', 'webhook-id'])
    expect(() => required({ [name]: '1' }, ['*'])).toThrow(/can't be set/);
});

test.each<[string, Record<string, string>]>([
  ['a name that is not allowed', { cookie: 'secret' }],
  ['a name that is none', { 'x y': 'secret' }],
  ['a name twice', { 'x-a': 'secret', 'X-A': 'secret' }],
  ['a line break', { 'x-a': 'secret\r\nx-b: 1' }],
  ['a blank at the end', { 'x-a': 'secret ' }],
  ['what is not ASCII', { 'x-a': 'secretü' }],
  ['too many', Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`x-${i}`, 'secret']))],
  ['too much', { 'x-a': 'secret'.repeat(700) }],
])('%s is refused, and no value is told', (_what, headers) => {
  const refusal = (() => {
    try {
      return String(required(headers));
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(refusal).toMatch(/^callback.headers: .*; allowed: ./);
  expect(refusal).not.toContain('secret');
});

import { expect, test } from 'vitest';
import { createTokens } from './tokens.js';

const NOW = 1_800_000_000_000;
const tokensAt = (nowMs: number, pepper = 'a pepper of some length') =>
  createTokens(pepper, 60_000, () => nowMs);

test('a token is read by any gateway with the same pepper, until it expires', () => {
  const { token, expiresAtMs } = tokensAt(NOW).issue('shop.eu_1-x', 'key-1');
  expect(expiresAtMs).toBe(NOW + 60_000);
  expect(tokensAt(NOW + 59_999).read(token)).toEqual({
    clientId: 'shop.eu_1-x',
    keyId: 'key-1',
    expiresAtMs,
  });
  expect(tokensAt(NOW + 60_000).read(token)).toBeUndefined();
  expect(tokensAt(NOW, 'another pepper, as long').read(token)).toBeUndefined();
});

test('no part of a token can be changed', () => {
  const { token } = tokensAt(NOW).issue('shop', 'key-1');
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === '1' ? '2' : '1';
    expect(tokensAt(NOW).read(token.slice(0, i) + other + token.slice(i + 1)), `at ${i}`).toBeUndefined();
  }
  for (const text of ['', 'bmt_', token.slice(1), `${token}.`, ` ${token}`, token.toUpperCase()]) {
    expect(tokensAt(NOW).read(text), text).toBeUndefined();
  }
});

import { expect, test } from 'vitest';
import { redactText } from './redact-text.js';

const pem = '-----BEGIN PRIVATE KEY-----\nc2VzYW1l\n-----END PRIVATE KEY-----';

test.each([
  ['at redis://user:sesame@host:1: refused', 'at redis://***@host:1: refused'],
  ['redis://user:se@sa/me?#@host', 'redis://***@host'],
  ['redis://user:a,sesame@host', 'redis://***@host'],
  ['redis://:sesame@a:1,rediss://:sesame@b:2', 'redis://***@a:1,rediss://***@b:2'],
  ['NATS+TLS://sesame@host', 'NATS+TLS://***@host'],
  ['POST https://host/path?token=sesame failed', 'POST https://host/path?*** failed'],
  ['https://host/#sesame', 'https://host/#***'],
  [`key bmr_a-1_${'sesame'.repeat(6)}`, 'key bmr_a-1_***'],
  [`token bmt_jwt.corp.1x.f_${'sesame'.repeat(6)}_shop`, 'token bmt_jwt.corp.1x.f_***'],
  [`jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzaG9wIn0.${'sesame'.repeat(6)} no`, 'jwt eyJ*** no'],
  [`token bmt_a-1_x_${'sesame'.repeat(6)}_shop`, 'token bmt_a-1_***'],
  ['whsec_sesame/+=', 'whsec_***'],
  [`"${pem}"`, '"-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"'],
  [JSON.stringify({ a: 'redis://u:sesame@h', b: 'x@y' }), '{"a":"redis://***@h","b":"x@y"}'],
])('hides what is secret in %j', (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test.each([
  'connect ECONNREFUSED 127.0.0.1:6379',
  'redis://a:1,redis://b:2/3',
  'http://host/path: somebody@example.com',
  'nats://host/subject and user@host',
  'bmr_a_short, BOOMERANG_KEY_PEPPER, whsec',
])('leaves %j as it is', (text) => {
  expect(redactText(text)).toBe(text);
});

test('takes no longer for a long text than one may wait', () => {
  const hostile = ['a'.repeat(100_000), 'a://'.repeat(5_000), ',a://'.repeat(5_000), 'bmr_'.repeat(20_000)];
  const startedAt = performance.now();
  for (const text of hostile) redactText(text);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

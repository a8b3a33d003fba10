import { expect, test } from 'vitest';
import { formatWebhookSecret, matchesWebhook, parseWebhookSecret, signWebhook } from './webhook-signature.js';

const key = Buffer.alloc(32, 7);
const at = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330 };

test('the example of the Standard Webhooks specification gets its signature', () => {
  const secret = parseWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const body = Buffer.from('{"test": 2432232314}');
  expect(signWebhook([secret as Buffer], at, body)).toEqual({
    ...at,
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a secret is read as it is written', () => {
  for (const bytes of [24, 25, 26, 32, 64]) {
    const secret = Buffer.alloc(bytes, bytes);
    expect(parseWebhookSecret(formatWebhookSecret(secret))).toEqual(secret);
  }
});

test.each([
  '',
  'whsec_',
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  formatWebhookSecret(Buffer.alloc(23)),
  formatWebhookSecret(Buffer.alloc(65)),
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa w',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n',
])('%j is no secret', (text) => expect(parseWebhookSecret(text)).toBeUndefined());

test('one of two signatures with one of two keys is enough', () => {
  const other = Buffer.alloc(32, 8);
  const body = Buffer.from([0, 255, 10, 13]);
  const signed = signWebhook([key, other], at, body);
  expect(signed.signature).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
  for (const keys of [[key], [other], [Buffer.alloc(32, 9), other]]) {
    expect(matchesWebhook(keys, signed, body)).toBe(true);
  }
});

test('any other body, id, time, key or form of signature is refused', () => {
  const body = Buffer.from('body');
  const signed = signWebhook([key], at, body);
  const matches = (changes: Partial<typeof signed>, of = body, keys = [key]) =>
    matchesWebhook(keys, { ...signed, ...changes }, of);
  expect(matches({})).toBe(true);
  expect(matches({}, Buffer.from('bodY'))).toBe(false);
  expect(matches({}, body, [Buffer.alloc(32, 9)])).toBe(false);
  expect(matches({}, body, [])).toBe(false);
  expect(matches({ id: 'other' })).toBe(false);
  expect(matches({ timestamp: at.timestamp + 1 })).toBe(false);
  const { signature } = signed;
  for (const bad of [
    '',
    'v1,',
    'v1',
    signature.slice(3),
    signature.slice(0, -8),
    `v2${signature.slice(2)}`,
    'v1a,x',
  ]) {
    expect(matches({ signature: bad })).toBe(false);
  }
});

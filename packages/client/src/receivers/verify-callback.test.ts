import { formatWebhookSecret, signWebhook } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { SignatureError, verifyCallback, verifySignature } from './verify-callback.js';

const key = Buffer.alloc(32, 1);
const secret = formatWebhookSecret(key);
const otherSecret = formatWebhookSecret(Buffer.alloc(32, 2));
const nowMs = 1_795_305_600_000;
const body = Buffer.from([0, 128, 255, 10]);
const signed = signWebhook([key], { id: 'task:1', timestamp: nowMs / 1_000 }, body);
const headers = {
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.timestamp),
  'webhook-signature': signed.signature,
};

test('what was signed with one of the secrets passes', () => {
  verifyCallback(headers, body, [secret], { nowMs });
  verifyCallback(headers, body, [otherSecret, secret], { nowMs });
  verifySignature(signed, body, [secret], { nowMs });
});

test.each<[string, Record<string, string | undefined>]>([
  ['no signature', { 'webhook-signature': undefined }],
  ['no id', { 'webhook-id': undefined }],
  ['no time', { 'webhook-timestamp': undefined }],
  ['another id', { 'webhook-id': 'task:2' }],
  ['another time', { 'webhook-timestamp': String(signed.timestamp - 1) }],
  ['the same time, written differently', { 'webhook-timestamp': `${signed.timestamp}.0` }],
  ['a time that is none', { 'webhook-timestamp': 'now' }],
  ['another signature', { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` }],
])('%s is refused', (_what, changes) => {
  expect(() => verifyCallback({ ...headers, ...changes }, body, [secret], { nowMs })).toThrow(SignatureError);
});

test('another body, another secret and none are refused', () => {
  expect(() => verifyCallback(headers, Buffer.from('x'), [secret], { nowMs })).toThrow(
    'the signature is wrong',
  );
  expect(() => verifyCallback(headers, body, [otherSecret], { nowMs })).toThrow('the signature is wrong');
  expect(() => verifyCallback(headers, body, [], { nowMs })).toThrow('the signature is wrong');
});

test('what is five minutes old or ahead passes, more does not', () => {
  for (const sign of [-1, 1]) {
    verifyCallback(headers, body, [secret], { nowMs: nowMs + sign * 300_000 });
    const late = { nowMs: nowMs + sign * 301_000 };
    expect(() => verifyCallback(headers, body, [secret], late)).toThrow(
      'signed 301 s from now; allowed: 300 s',
    );
    verifyCallback(headers, body, [secret], { ...late, toleranceSeconds: 400 });
  }
});

test('what is no secret is told so, without showing it', () => {
  expect(() => verifyCallback(headers, body, ['hunter2'], { nowMs })).toThrow(
    /^secrets\[0\]: that is not a signing secret; allowed: whsec_ and (?!.*hunter2)/,
  );
});

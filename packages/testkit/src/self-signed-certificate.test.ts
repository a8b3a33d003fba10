import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from './self-signed-certificate.js';

test('is signed by its own key, for the names and the time that were asked for', () => {
  const expiresAtMs = Date.UTC(2040, 1, 3, 4, 5, 6);
  const { cert, key } = selfSignedCertificate({ names: ['gateway.test', '127.0.0.1'], expiresAtMs });
  const parsed = new X509Certificate(cert);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(parsed.checkHost('gateway.test')).toBe('gateway.test');
  expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(Date.parse(parsed.validTo)).toBe(expiresAtMs);
});

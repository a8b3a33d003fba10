import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { shownCertificate } from './peer-certificate.js';

const peer = (subjectaltname: string) =>
  ({
    raw: Buffer.from('x'),
    subject: { CN: 'a' },
    subjectaltname,
    fingerprint256: 'AA',
    valid_to: 'Jan  1 00:00:00 2040 GMT',
  }) as PeerCertificate;

test('a certificate is its subject, its names, its fingerprint and its end', () => {
  expect(shownCertificate(peer('DNS:a.test, URI:spiffe://x/y, IP Address:127.0.0.1'))).toEqual({
    subject: { CN: 'a' },
    alternativeNames: ['DNS:a.test', 'URI:spiffe://x/y', 'IP Address:127.0.0.1'],
    fingerprint: 'AA',
    expiresAt: Date.UTC(2040, 0, 1) / 1_000,
  });
});

test('a name that holds another is one name', () => {
  const names = (text: string) => shownCertificate(peer(text))?.alternativeNames;
  expect(names('URI:"http://x/, DNS:shop", DNS:b')).toEqual(['URI:http://x/, DNS:shop', 'DNS:b']);
  expect(names('DNS:"a\\", DNS:shop"')).toEqual(['DNS:a", DNS:shop']);
  expect(names('')).toEqual([]);
});

test('no certificate is none', () => {
  expect(shownCertificate({} as PeerCertificate)).toBeUndefined();
  expect(shownCertificate(undefined)).toBeUndefined();
});

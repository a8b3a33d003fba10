import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type Certificate, certificateFiles, readCertificate, watchCertificate } from '@boomerang/runtime';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mountSecret, type SecretMount } from '../../../test-support/certificate-files.js';
import { TCP_CERTIFICATE } from './certificate.js';

const EXPIRES_AT_MS = Date.UTC(2040, 0, 1);

let secret: SecretMount;
beforeEach(async () => {
  secret = await mountSecret({ expiresAtMs: EXPIRES_AT_MS });
});
afterEach(() => secret.remove());

describe('the two files', () => {
  test('belong together: both are set or none', () => {
    expect(certificateFiles(TCP_CERTIFICATE, {})).toBeUndefined();
    expect(certificateFiles(TCP_CERTIFICATE, { cert: 'a', key: 'b' })).toMatchObject({ cert: 'a', key: 'b' });
    expect(() => certificateFiles(TCP_CERTIFICATE, { cert: 'a' })).toThrow(
      'BOOMERANG_TCP_TLS_KEY is not set, but BOOMERANG_TCP_TLS_CERT is: expected both, or none for no TLS',
    );
    expect(() => certificateFiles(TCP_CERTIFICATE, { key: 'b' })).toThrow(
      /^BOOMERANG_TCP_TLS_CERT is not set, but/,
    );
  });

  test('are a certificate, its key and its expiry', async () => {
    const certificate = await readCertificate(secret.files);
    expect(certificate.cert.toString()).toBe(secret.first.cert);
    expect(certificate.expiresAtMs).toBe(EXPIRES_AT_MS);
  });

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encrypted = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  }) as string;
  test.each([
    [
      'a certificate that is none',
      { cert: 'hello' },
      /^BOOMERANG_TCP_TLS_CERT is ".*tls.crt": expected a certificate chain as PEM \(/,
    ],
    [
      'a key that is none',
      { key: 'hello' },
      /^BOOMERANG_TCP_TLS_KEY: expected the path of an unencrypted private key as PEM \(/,
    ],
    ['a key that is encrypted', { key: encrypted }, /expected the path of an unencrypted private key/],
    [
      'a key of another certificate',
      { key: selfSignedCertificate().key },
      /^BOOMERANG_TCP_TLS_CERT and BOOMERANG_TCP_TLS_KEY: expected a certificate and the key that belongs to it$/,
    ],
    ['an empty certificate', { cert: '' }, /expected a certificate chain as PEM/],
  ])('are refused in one line with %s', async (_what, change, message) => {
    await secret.replace({ ...secret.first, ...change });
    const error: Error = await readCertificate(secret.files).then(
      () => new Error('accepted'),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n/);
  });

  test('are refused by name when they can not be read', async () => {
    const missing = { cert: `${secret.files.cert}.missing` };
    await expect(readCertificate({ ...secret.files, ...missing })).rejects.toThrow(
      /^BOOMERANG_TCP_TLS_CERT is ".*missing": expected the path of a file that can be read \(ENOENT at open\)$/,
    );
  });

  test.each(['/nowhere/tls.key', encrypted, encrypted.repeat(100)])(
    'a key is not shown, nor where it is',
    async (key) => {
      await expect(readCertificate({ ...secret.files, key })).rejects.toThrow(
        /^BOOMERANG_TCP_TLS_KEY: expected the path of a file that can be read \(\w+ at open\)$/,
      );
    },
  );

  test('a key where the certificate should be is not shown either', async () => {
    await expect(readCertificate({ ...secret.files, cert: encrypted })).rejects.toThrow(
      /^BOOMERANG_TCP_TLS_CERT is "-----BEGIN ENCRYPTED PRIVATE KEY-----\*\*\*.{0,50}": expected/s,
    );
  });
});

describe('while the files are watched', () => {
  async function watch() {
    const used: Certificate[] = [];
    const bad: string[] = [];
    const stop = watchCertificate(
      secret.files,
      await readCertificate(secret.files),
      {
        onCertificate: (certificate) => used.push(certificate),
        onBadFiles: ({ message }) => bad.push(message),
      },
      10,
    );
    return { used, bad, stop };
  }

  test('a new pair is taken over, by a swapped link or written in place', async () => {
    const { used, bad, stop } = await watch();
    const second = selfSignedCertificate();
    await secret.replace(second);
    await expect.poll(() => used.map(({ cert }) => cert.toString())).toEqual([second.cert]);
    const third = selfSignedCertificate();
    await writeFile(secret.files.key, third.key);
    await writeFile(secret.files.cert, third.cert);
    await expect.poll(() => used.map(({ cert }) => cert.toString())).toEqual([second.cert, third.cert]);
    expect(bad.length).toBeLessThan(2);
    stop();
  });

  test('a bad pair is told once and replaces nothing; the next good one does', async () => {
    const { used, bad, stop } = await watch();
    await secret.replace({ cert: selfSignedCertificate().cert, key: secret.first.key });
    await expect.poll(() => bad).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(bad).toHaveLength(1);
    await secret.replace(secret.first);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(used).toEqual([]);
    await secret.replace({ cert: 'garbage', key: '' });
    await expect.poll(() => bad).toHaveLength(2);
    const next = selfSignedCertificate();
    await secret.replace(next);
    await expect.poll(() => used.map(({ key }) => key.toString())).toEqual([next.key]);
    stop();
  });
});

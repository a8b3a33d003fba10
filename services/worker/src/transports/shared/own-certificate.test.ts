import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server, TLSSocket } from 'node:tls';
import { AddressGuard } from '@boomerang/address-guard';
import { selfSignedCertificate } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { createTransports } from '../transports.js';
import { OWN_CERTIFICATE, type OwnCertificate, openOwnCertificate } from './own-certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'own-certificate-'));
const authority = selfSignedCertificate({ names: ['authority of the tests'], authority: true });
const files = {
  variables: OWN_CERTIFICATE,
  cert: join(folder, 'tls.crt'),
  key: join(folder, 'tls.key'),
  clientCa: undefined,
};
const asking = {
  ...selfSignedCertificate(),
  ca: authority.cert,
  requestCert: true,
  rejectUnauthorized: true,
};

let own: OwnCertificate;
const cleanUps: (() => unknown)[] = [];
beforeAll(async () => {
  const { cert, key } = selfSignedCertificate({ names: ['boomerang'], signedBy: authority });
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  own = await openOwnCertificate(files, (error) => {
    throw error;
  });
  // As if NODE_EXTRA_CA_CERTS named the receivers' authority: that is read when a process starts.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => {
  vi.unstubAllEnvs();
  own.close();
  rmSync(folder, { recursive: true });
});

/** A receiver that acknowledges everything of whoever shows a certificate. */
async function serve(protocol: 'HTTP' | 'GRPC') {
  const shown: string[] = [];
  const server: Server =
    protocol === 'HTTP'
      ? createServer(asking, (request, response) => request.resume().on('end', () => response.end()))
      : createSecureServer(asking).on('stream', (stream) => {
          stream.on('error', () => undefined).resume();
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
          stream.end(Buffer.alloc(5));
        });
  server.on('secureConnection', (socket: TLSSocket) =>
    shown.push(String(socket.getPeerCertificate().subject.CN)),
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  const scheme = protocol === 'HTTP' ? 'https' : 'grpcs';
  return { shown, endpoint: `${scheme}://localhost:${(server.address() as AddressInfo).port}` };
}

function attempt(protocol: 'HTTP' | 'GRPC', endpoint: string, ownCertificate?: OwnCertificate) {
  const transports = createTransports({
    guard: new AddressGuard(['127.0.0.0/8', '::1']),
    callbackConnectTimeoutMs: 5_000,
    callbackTimeoutMs: 5_000,
    callbackIdleMs: 10_000,
    ownCertificate,
  });
  cleanUps.push(() => transports.close());
  const callback =
    protocol === 'HTTP' ? ({ protocol, endpoint, format: 'ENVELOPE' } as const) : { protocol, endpoint };
  return transports.send(callback, anOccurrence(), () => undefined);
}

test.each(['HTTP', 'GRPC'] as const)(
  'a receiver that asks for a certificate gets the operator’s, over %s',
  async (protocol) => {
    const { shown, endpoint } = await serve(protocol);
    expect(await attempt(protocol, endpoint, own)).toMatchObject({ kind: 'delivered' });
    expect(shown).toEqual(['boomerang']);
    // Not by its time limit: the receiver says at once what it misses.
    const refused = expect.objectContaining({
      kind: 'retryable',
      errorClass: expect.stringMatching(/reset|connect|protocol/),
    });
    expect(await attempt(protocol, endpoint)).toEqual(refused);
    expect(shown).toEqual(['boomerang']);
  },
);

test('files that hold no certificate stop the start', async () => {
  await expect(openOwnCertificate({ ...files, key: files.cert }, () => undefined)).rejects.toThrow(
    /^BOOMERANG_CALLBACK_TLS_KEY: expected the path of an unencrypted private key/,
  );
});

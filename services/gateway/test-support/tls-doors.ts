import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { type DecodedEnvelope, decodeEnvelope, encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { type SelfSignedCertificate, selfSignedCertificate } from '@boomerang/testkit';
import type { TlsSettings } from '../src/doors/shared/certificate.js';

/** An authority, a certificate for the doors, and the files that settings name. */
export interface TlsDoors {
  readonly authority: SelfSignedCertificate;
  readonly folder: string;
  readonly settings: TlsSettings;
  /** A client's certificate. The first name is the common name too. */
  issue(names: string[], options?: { readonly expiresAtMs?: number }): SelfSignedCertificate;
  /** Replaces what the list of clients says. */
  setClients(rules: readonly object[]): Promise<void>;
  remove(): Promise<void>;
}

export async function prepareTlsDoors(rules: readonly object[]): Promise<TlsDoors> {
  const folder = await mkdtemp(join(tmpdir(), 'tls-doors-'));
  const path = (name: string) => join(folder, name);
  const authority = selfSignedCertificate({ names: ['authority of the tests'], authority: true });
  const server = selfSignedCertificate({ signedBy: authority });
  const setClients = (list: readonly object[]) => writeFile(path('clients.json'), JSON.stringify(list));
  await writeFile(path('ca.crt'), authority.cert);
  await writeFile(path('tls.crt'), server.cert);
  await writeFile(path('tls.key'), server.key);
  await setClients(rules);
  const [cert, key] = [path('tls.crt'), path('tls.key')];
  return {
    authority,
    folder,
    settings: {
      tcpTlsCert: cert,
      tcpTlsKey: key,
      grpcTlsCert: cert,
      grpcTlsKey: key,
      httpTlsCert: cert,
      httpTlsKey: key,
      tlsClientCa: path('ca.crt'),
      tlsClients: path('clients.json'),
    },
    issue: (names, options) => selfSignedCertificate({ names, signedBy: authority, ...options }),
    setClients,
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Sends envelopes over TLS; the answers, and what it was closed with, if it was. */
export async function askOverTls(
  port: number,
  tls: ConnectionOptions,
  ...envelopes: Parameters<typeof encodeFrame>[0][]
): Promise<DecodedEnvelope[]> {
  const socket = connect({ port, host: '127.0.0.1', ...tls });
  socket.on('error', () => undefined);
  const decoder = new FrameDecoder();
  const answers: DecodedEnvelope[] = [];
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('secureConnect', () => socket.write(Buffer.concat(envelopes.map(encodeFrame))));
    socket.on('data', (chunk: Buffer) => {
      answers.push(...decoder.push(chunk).map(decodeEnvelope));
      if (answers.length >= envelopes.length) resolve();
    });
  });
  socket.destroy();
  return answers;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request over TLS on a connection of its own. */
export function requestOverTls(
  port: number,
  tls: ConnectionOptions,
  {
    method = 'GET',
    path,
    body,
    headers = {},
  }: { method?: string; path: string; body?: object; headers?: Record<string, string> },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { ...tls, port, host: '127.0.0.1', method, path, agent: false } as const;
    const type = body && { 'content-type': 'application/json' };
    const asked = request({ ...options, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

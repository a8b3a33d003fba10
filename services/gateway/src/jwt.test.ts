import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '@boomerang/client';
import { waitFor } from '@boomerang/testkit';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SpageClient } from '../test-support/spage-client.js';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';
import { readJwtIssuers } from './operations/authentication/jwt-issuers.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const folder = mkdtempSync(join(tmpdir(), 'jwt-'));
const file = (name: string) => join(folder, name);
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let ports: { tcp: number; grpc: number; http: number };
let corp: Pair;
let partner: Pair;
let jwksServer: Server;
let served: object;
let fetches = 0;

const jwks = async (pair: Pair, kid: string, alg: string) => ({
  keys: [{ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' }],
});

beforeAll(async () => {
  corp = await generateKeyPair('RS256');
  partner = await generateKeyPair('ES256');
  writeFileSync(file('corp.jwks'), JSON.stringify(await jwks(corp, 'c1', 'RS256')));
  served = await jwks(partner, 'p1', 'ES256');
  jwksServer = createServer((_request, response) => {
    fetches++;
    response.end(JSON.stringify(served));
  });
  await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks.json`;
  const issuers = [
    {
      name: 'corp',
      issuer: 'https://corp',
      audience: 'boomerang',
      jwks: file('corp.jwks'),
      clockSkewSeconds: 0,
    },
    {
      name: 'partner',
      issuer: 'https://partner',
      audience: 'boomerang',
      jwks: url,
      clientClaim: 'tenant',
      permissionsClaim: 'scope',
      permissions: ['read', 'register'],
      algorithms: ['ES256'],
    },
  ];
  writeFileSync(file('issuers.json'), JSON.stringify(issuers));
  gateway = await startTestGateway();
  ports = await gateway.openDoors({ jwtIssuers: file('issuers.json') });
});
afterAll(async () => {
  jwksServer?.close();
  await gateway?.stop();
  rmSync(folder, { recursive: true });
});

interface Claims {
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: number | string;
  readonly claims?: Record<string, unknown>;
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: Parameters<SignJWT['sign']>[0];
}

function sign({
  issuer = 'https://corp',
  audience = 'boomerang',
  expires = '5m',
  claims = { sub: 'shop' },
  alg = 'RS256',
  kid = 'c1',
  key = corp.privateKey,
}: Claims = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
}

const ofPartner = (claims: Record<string, unknown>) =>
  sign({ issuer: 'https://partner', alg: 'ES256', kid: 'p1', key: partner.privateKey, claims });

async function open(token: string) {
  const connection = await connectTo(ports.tcp);
  return openSession(connection, { token, callback }).catch(async (error) => {
    await connection.close();
    throw error;
  });
}

describe('a signed token of a configured issuer', () => {
  test('opens a session for the client of its claim, whose tasks are the client’s', async () => {
    const session = await open(await sign());
    const { taskId } = await session.setTimeout('x', 60_000);
    const byKey = await open(gateway.tokens.shop);
    expect((await byKey.get(taskId)).taskId).toBe(taskId);
    const rival = await open(gateway.tokens.rival);
    await expect(rival.get(taskId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is good for calls over gRPC, and in exchange for a token of ours', async () => {
    const jwt = await sign();
    const spage = new SpageClient(ports.grpc, jwt);
    expect((await spage.call('submitTask', { type: 'a' })).success).toBe(true);
    const { token } = await spage.call('authenticate', { apiKey: jwt });
    const byToken = new SpageClient(ports.grpc, token ?? '');
    expect((await byToken.call('listTasks', {})).total).toBeGreaterThan(0);
    spage.close();
    byToken.close();
  });

  test('is good for requests over HTTP, and opens a session there', async () => {
    const ask = (method: string, path: string, bearer: string, body?: object) =>
      fetch(`http://127.0.0.1:${ports.http}${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    const jwt = await sign();
    const task = { text: 'x', delay: '1h', callback: { url: 'http://192.0.2.1/cb' } };
    expect((await ask('POST', '/v1/tasks', jwt, task)).status).toBe(201);
    const opened = await ask('POST', '/v1/sessions', jwt, {});
    const { id } = (await opened.json()) as { id: string };
    expect((await ask('GET', '/v1/tasks', id)).status).toBe(200);
    const late = await sign({ expires: Math.floor(Date.now() / 1_000) - 60 });
    const refused = await ask('GET', '/v1/tasks', late);
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('it has expired');
  });

  test('may be used for what its claim says, as far as its issuer may', async () => {
    const reader = await open(await ofPartner({ tenant: 'shop', scope: 'read manage admin' }));
    await expect(reader.setTimeout('x', 1_000)).rejects.toMatchObject({ code: 'forbidden' });
    await reader.list();
    await expect(reader.cancel('0190d7a0-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('it has: read'),
    });
    const registrar = await open(await ofPartner({ tenant: 'shop', scope: 'register' }));
    await registrar.setTimeout('x', 60_000);
  });

  test('ends its sessions when it expires', async () => {
    const session = await open(await sign({ expires: Math.floor(Date.now() / 1_000) + 2 }));
    await session.setTimeout('x', 60_000);
    const ended = async () =>
      session.setTimeout('x', 60_000).then(
        () => undefined,
        (error: unknown) => error,
      );
    const error = await waitFor(ended, { message: 'the end of the session', timeoutMs: 5_000 });
    expect(error).toMatchObject({ code: 'session_expired' });
  });
});

test.each<[what: string, claims: Claims | (() => Promise<string>)]>([
  ['that has expired', { expires: Math.floor(Date.now() / 1_000) - 60 }],
  ['for another audience', { audience: 'elsewhere' }],
  ['of an issuer that is not configured', { issuer: 'https://nobody' }],
  ['of one issuer in the name of another', { issuer: 'https://partner', kid: 'p1' }],
  ['for a client that is not there', { claims: { sub: 'nobody' } }],
  ['without a client', { claims: {} }],
  ['for what is no client’s name', { claims: { sub: '../shop' } }],
  [
    'signed with a public key as if it were a secret',
    { alg: 'HS256', key: new TextEncoder().encode('x'.repeat(32)) },
  ],
  ['without a signature', async () => unsigned()],
  ['that was changed', async () => `${(await sign()).slice(0, -8)}AAAAAAAA`],
])('a signed token %s is unauthorized', async (_what, claims) => {
  const token = typeof claims === 'function' ? await claims() : await sign(claims);
  await expect(open(token)).rejects.toMatchObject({ code: 'unauthorized' });
  const spage = new SpageClient(ports.grpc, token);
  await expect(spage.call('listTasks', {})).rejects.toMatchObject({ code: 16 });
  spage.close();
});

function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const body = part({ iss: 'https://corp', aud: 'boomerang', sub: 'shop', exp });
  return `${part({ alg: 'none' })}.${body}.AAAA`;
}

test('keys of a file that is replaced are taken over, and the keys of before are not good any more', async () => {
  const next = await generateKeyPair('RS256');
  const old = await sign();
  writeFileSync(file('corp.jwks'), JSON.stringify(await jwks(next, 'c2', 'RS256')));
  const opens = async () => {
    const token = await sign({ kid: 'c2', key: next.privateKey });
    return open(token).then(
      () => true,
      () => false,
    );
  };
  await waitFor(opens, { message: 'the new key', timeoutMs: 10_000 });
  await expect(open(old)).rejects.toMatchObject({ code: 'unauthorized' });
  corp = next;
}, 15_000);

test('keys of a URL are fetched once for many tokens', async () => {
  await open(await ofPartner({ tenant: 'shop', scope: 'read' }));
  const before = fetches;
  for (let i = 0; i < 5; i++) await open(await ofPartner({ tenant: 'shop', scope: 'read' }));
  expect(fetches).toBe(before);
});

const good = { name: 'a', issuer: 'i', audience: 'b', jwks: '/x' };
test.each([
  [{}, 'the file holds no list: expected a JSON array of issuers'],
  [[{ ...good, name: 'a b' }], '[0].name is "a b": expected 1 to 32 letters'],
  [[{ ...good, audience: undefined }], '[0].audience is missing: expected what the claim "aud"'],
  [[{ ...good, algorithms: ['HS256'] }], '[0].algorithms is ["HS256"]: expected a list of RS256'],
  [[{ ...good, permissions: ['root'] }], '[0].permissions is ["root"]: expected a list of register'],
  [[{ ...good, clockSkewSeconds: 301 }], '[0].clockSkewSeconds is 301: expected 0 to 300'],
  [[good, good], 'two issuers have the name "a"'],
])('issuers like %j stop the start, with what is allowed', (content, message) => {
  writeFileSync(file('bad.json'), JSON.stringify(content));
  expect(() => readJwtIssuers(file('bad.json'))).toThrow(`BOOMERANG_JWT_ISSUERS: ${message}`);
});

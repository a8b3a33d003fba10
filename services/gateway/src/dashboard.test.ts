import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClientDirectory, revokeKey } from '@boomerang/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEPPER, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const FROM_DASHBOARD = { 'x-boomerang-dashboard': '1' };
const folder = `${mkdtempSync(join(tmpdir(), 'dashboard-'))}/`;
let gateway: TestGateway;
let base: string;
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(folder, 'assets', 'a-1.js'), 'export {};');
  writeFileSync(join(folder, 'notes.txt'), 'of no type that the page has');
  gateway = await startTestGateway({ dashboard: folder });
  base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
  fetch(base + path, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

async function signIn(key = gateway.tokens.shop): Promise<{ response: Response; cookie: string }> {
  const response = await ask('POST', '/dashboard/session', FROM_DASHBOARD, { key });
  return { response, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

describe('the page', () => {
  test.each(['/', '/dashboard'])('%s leads to it', async (path) => {
    const response = await ask('GET', path);
    expect([response.status, response.headers.get('location')]).toEqual([302, '/dashboard/']);
  });

  test.each(['/dashboard/', '/dashboard/tasks', '/dashboard/tasks/019a?x=1', '/dashboard/notes.txt'])(
    'is what %s answers, and may load nothing from elsewhere',
    async (path) => {
      const response = await ask('GET', path);
      expect(await response.text()).toContain('the page');
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; /);
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  test('has files that browsers may keep, compressed for whoever takes that', async () => {
    const response = await ask('GET', '/dashboard/assets/a-1.js', { 'accept-encoding': 'gzip' });
    expect(await response.text()).toBe('export {};');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('cache-control')).toContain('immutable');
    const plain = await ask('GET', '/dashboard/assets/a-1.js', { 'accept-encoding': 'identity' });
    expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, 'export {};']);
  });

  test.each(['/dashboard/assets/none.js', '/dashboard/assets/..%2f..%2fpackage.json'])(
    'has no %s',
    async (path) => {
      expect((await ask('GET', path)).status).toBe(404);
    },
  );

  test('says so if it was not built', async () => {
    const bare = await startTestGateway();
    const response = await fetch(`http://127.0.0.1:${(await bare.openDoors()).http}/dashboard/`);
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ detail: expect.stringContaining('npm run build') }),
    ]);
    await bare.stop();
  });
});

describe('signing in', () => {
  test('gives a cookie that no script reads and no other site sends, without the key in it', async () => {
    const { response, cookie } = await signIn();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      client: 'shop',
      permissions: expect.arrayContaining(['read']),
    });
    const whole = response.headers.get('set-cookie') ?? '';
    expect(whole).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(whole).not.toContain(gateway.tokens.shop);
    const tasks = await ask('GET', '/v1/tasks', { ...FROM_DASHBOARD, cookie });
    expect(tasks.status).toBe(200);
    const who = await ask('GET', '/dashboard/session', { ...FROM_DASHBOARD, cookie });
    expect(await who.json()).toMatchObject({ client: 'shop', version: expect.any(String) });
  });

  test('marks the cookie for TLS alone where the gateway is behind TLS', async () => {
    const headers = { ...FROM_DASHBOARD, 'x-forwarded-proto': 'https' };
    const response = await ask('POST', '/dashboard/session', headers, { key: gateway.tokens.shop });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test.each([
    [401, { key: 'bmr_no_such' }],
    [400, { key: '' }],
    [400, { name: 'shop' }],
  ])('is refused with %i for %j', async (status, body) => {
    const response = await ask('POST', '/dashboard/session', FROM_DASHBOARD, body);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([status, null]);
  });

  test('ends by signing out', async () => {
    const { cookie } = await signIn();
    const response = await ask('DELETE', '/dashboard/session', { ...FROM_DASHBOARD, cookie });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([
      204,
      expect.stringContaining('boomerang_dashboard=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'),
    ]);
    expect((await ask('GET', '/dashboard/session', FROM_DASHBOARD)).status).toBe(401);
  });
});

describe('a request that another site makes the browser send', () => {
  test.each<[string, Record<string, string>]>([
    ['without the header of the page', {}],
    ['with the header, but from another site', { ...FROM_DASHBOARD, 'sec-fetch-site': 'cross-site' }],
    [
      'with the header, but from another host of the site',
      { ...FROM_DASHBOARD, 'sec-fetch-site': 'same-site' },
    ],
  ])('%s is nobody’s, whatever its cookie', async (_what, headers) => {
    const { cookie } = await signIn();
    const registration = { delay: '1h', callback: { url: 'http://192.0.2.1/hook' } };
    expect((await ask('POST', '/v1/tasks', { ...headers, cookie }, registration)).status).toBe(401);
    expect((await ask('GET', '/v1/tasks', { ...headers, cookie })).status).toBe(401);
    const signedIn = await ask('POST', '/dashboard/session', headers, { key: gateway.tokens.shop });
    expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([403, null]);
  });

  test('is not asked for leave in its favour', async () => {
    const preflight = await ask('OPTIONS', '/v1/tasks', {
      origin: 'https://evil.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-boomerang-dashboard',
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers')).toBeNull();
  });
});

test('a cookie is good no longer than its key', async () => {
  const key = await createClientDirectory(gateway.redis, PEPPER).addKey('shop');
  const { cookie } = await signIn(key);
  const who = () => ask('GET', '/dashboard/session', { ...FROM_DASHBOARD, cookie });
  expect((await who()).status).toBe(200);
  await revokeKey(gateway.redis, 'shop', key.split('_')[1] ?? '');
  await expect.poll(async () => (await who()).status, { timeout: 5_000 }).toBe(401);
});

test('Authorization counts before a cookie', async () => {
  const { cookie } = await signIn();
  const headers = { ...FROM_DASHBOARD, cookie, authorization: 'Bearer bmr_no_such' };
  expect((await ask('GET', '/v1/tasks', headers)).status).toBe(401);
});

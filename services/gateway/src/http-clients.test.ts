import { randomBytes } from 'node:crypto';
import { PERMISSIONS } from '@boomerang/domain';
import { openSigningSecrets, readAudit } from '@boomerang/redis';
import { waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpClient, httpClient } from '../test-support/http-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const masterKey = randomBytes(32);

let gateway: TestGateway;
let ask: HttpClient;
beforeAll(async () => {
  gateway = await startTestGateway({ masterKey });
  const base = `http://127.0.0.1:${(await gateway.openDoors()).http}`;
  ask = httpClient(base, await gateway.addKey('shop', { permissions: ['admin'] }));
});
afterAll(() => gateway.stop());

describe('clients over HTTP', () => {
  test('one is made, its key works, and it is shown without it', async () => {
    const made = await ask('POST', '/v1/clients', {
      json: { id: 'made', key: { name: 'web', permissions: ['read'], expires: '90d' } },
    });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/v1/clients/made']);
    const { key } = made.body;
    expect((await ask('GET', '/v1/tasks', { bearer: key.key })).status).toBe(200);
    const { body } = await ask('GET', '/v1/clients/made');
    expect(body).toMatchObject({
      id: 'made',
      tasks: 0,
      deadLetters: 0,
      signingSecrets: 0,
      keys: [{ id: key.id, name: 'web', permissions: ['read'], expiresAt: expect.stringMatching(/Z$/) }],
    });
    expect(JSON.stringify(body)).not.toContain(key.key);
    const { clients } = (await ask('GET', '/v1/clients')).body;
    expect(clients.map(({ id }: { id: string }) => id)).toEqual(['made', 'rival', 'shop']);
    expect((await ask('POST', '/v1/clients', { json: { id: 'made' } })).body.code).toBe('conflict');
  });

  test('a further key is good until it is revoked', async () => {
    const { status, body } = await ask('POST', '/v1/clients/rival/keys');
    expect([status, body]).toEqual([
      201,
      { clientId: 'rival', id: expect.any(String), key: expect.stringMatching(/^bmr_/) },
    ]);
    const bearer = body.key;
    expect((await ask('GET', '/v1/tasks', { bearer })).status).toBe(200);
    expect((await ask('DELETE', `/v1/clients/shop/keys/${body.id}`)).status).toBe(404);
    expect((await ask('DELETE', `/v1/clients/rival/keys/${body.id}`)).body).toEqual({ id: body.id });
    expect((await ask('DELETE', `/v1/clients/rival/keys/${body.id}`)).status).toBe(404);
    await waitFor(async () => (await ask('GET', '/v1/tasks', { bearer })).status === 401, {
      message: 'the end of the key',
    });
  });

  test('signing secrets are made, shown once, and revoked; two sign at a time', async () => {
    const path = '/v1/clients/rival/secrets';
    const first = await ask('POST', path);
    expect(first.body.secret).toMatch(/^whsec_/);
    const second = await ask('POST', path);
    expect((await ask('POST', path)).body.code).toBe('conflict');
    const listed = (await ask('GET', path)).body.secrets;
    expect(listed).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const keys = await (await openSigningSecrets(gateway.redis, masterKey)).keysOf('rival');
    expect(keys.map((key) => `whsec_${Buffer.from(key).toString('base64')}`).sort()).toEqual(
      [first.body.secret, second.body.secret].sort(),
    );
    expect((await ask('DELETE', `${path}/${first.body.id}`)).status).toBe(200);
    expect((await ask('DELETE', `${path}/${first.body.id}`)).status).toBe(404);
    expect((await ask('GET', '/v1/clients/nobody/secrets')).status).toBe(404);
  });

  test('one is removed, with its tasks only if that is said', { timeout: 15_000 }, async () => {
    const made = await ask('POST', '/v1/clients', { json: { id: 'doomed' } });
    const callback = { url: 'http://192.0.2.1/hook' };
    const bearer = made.body.key.key;
    await ask('POST', '/v1/tasks', { bearer, json: { delay: '1h', callback } });
    const refused = await ask('DELETE', '/v1/clients/doomed');
    expect(refused.body).toMatchObject({ status: 409, code: 'conflict', field: 'withTasks' });
    expect(refused.body.detail).toContain('withTasks cancels and purges them too; nothing was changed');
    const removed = await ask('DELETE', '/v1/clients/doomed?withTasks=true');
    expect(removed.body).toMatchObject({ keys: 1, tasks: 1, deadLetters: 0 });
    expect((await ask('GET', '/v1/clients/doomed')).status).toBe(404);
    expect((await ask('GET', '/v1/tasks', { bearer })).status).toBe(401);
  });

  test('the audit log has who did what to whom', async () => {
    const { body } = await ask('POST', '/v1/clients', { json: { id: 'noted' } });
    await waitFor(
      async () => {
        const entries = [];
        for await (const entry of readAudit(gateway.redis, { sinceMs: 0, untilMs: Date.now() + 60_000 }))
          entries.push(entry);
        return entries.some(
          ({ action, clientId, keyId, details }) =>
            action === 'client.create' &&
            clientId === 'noted' &&
            keyId === body.key.id &&
            /^shop [0-9a-f]+$/.test(details.by ?? ''),
        );
      },
      { message: 'the entry' },
    );
  });

  test('a key without the permission admin may do none of it', async () => {
    const bearer = await gateway.addKey('shop', {
      permissions: PERMISSIONS.filter((one) => one !== 'admin'),
    });
    for (const [method, path] of [
      ['GET', '/v1/clients'],
      ['POST', '/v1/clients'],
      ['GET', '/v1/clients/shop'],
      ['DELETE', '/v1/clients/rival'],
      ['POST', '/v1/clients/shop/keys'],
      ['DELETE', '/v1/clients/shop/keys/x'],
      ['GET', '/v1/clients/shop/secrets'],
      ['POST', '/v1/clients/shop/secrets'],
      ['DELETE', '/v1/clients/shop/secrets/x'],
    ] as const) {
      const json = method === 'POST' && path === '/v1/clients' ? { id: 'x' } : undefined;
      const { status, body } = await ask(method, path, { bearer, json });
      expect([method, path, status, body.code]).toEqual([method, path, 403, 'forbidden']);
    }
  });

  test.each<[object, string]>([
    [{ id: 'a b' }, 'id'],
    [{}, 'id'],
    [{ id: 'x', key: { permissions: ['all'] } }, 'key.permissions.0'],
    [{ id: 'x', key: { expires: 'soon' } }, 'key.expires'],
    [{ id: 'x', key: { expires: '2020-01-01T00:00:00Z' } }, 'key.expires'],
    [{ id: 'x', key: { name: '' } }, 'key.name'],
  ])('what is wrong is told: %j', async (json, field) => {
    const { status, body } = await ask('POST', '/v1/clients', { json });
    expect([status, body.field]).toEqual([400, field]);
    expect((await ask('GET', '/v1/clients/x')).status).toBe(404);
  });
});

test('without a master key no secret is made, and it is said why', async () => {
  const without = await startTestGateway();
  try {
    const key = await without.addKey('shop', { permissions: ['admin'] });
    const askWithout = httpClient(`http://127.0.0.1:${(await without.openDoors()).http}`, key);
    const { status, body } = await askWithout('POST', '/v1/clients/shop/secrets');
    expect([status, body.detail]).toEqual([
      400,
      'this gateway has no BOOMERANG_MASTER_KEY, under which signing secrets are sealed',
    ]);
  } finally {
    await without.stop();
  }
});

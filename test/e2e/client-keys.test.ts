import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openSession, resumeSession, type Session } from '@boomerang/client';
import { PERMISSIONS, type Permission } from '@boomerang/domain';
import { createClientDirectory, globalKeys } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks } from './support/arrivals.js';
import { runClient, spawnClient } from './support/run-cli.js';

/** A session ends within a second; the rest is for a busy machine. */
const END_LIMIT_MS = 2_000;

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2 } });
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

const keyIdOf = (key: string) => key.split('_')[1] as string;

/** One session, on a connection to each gateway. */
async function sessionEverywhere(token: string): Promise<Session[]> {
  const [first, ...others] = stack.tcpPorts;
  const session = await openSession(await connect({ port: first as number }), {
    token,
    callback: http(arrivals),
  });
  const resumed = others.map(async (port) => resumeSession(await connect({ port }), session.sessionId));
  return [session, ...(await Promise.all(resumed))];
}

/** Uses a session steadily until it has ended; how long that took. Whatever else is answered is a failure. */
async function msUntilEnded(session: Session): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const error = await session.setTimeout('x', 60_000).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const ms = performance.now() - startedAt;
    if (error) {
      expect(error).toMatchObject({ status: 'SESSION_EXPIRED' });
      return ms;
    }
    if (ms > END_LIMIT_MS) throw new Error(`the session still works after ${ms} ms`);
    await sleep(10);
  }
}

async function expectEnded(sessions: readonly Session[]): Promise<void> {
  for (const ms of await Promise.all(sessions.map(msUntilEnded))) expect(ms).toBeLessThan(END_LIMIT_MS);
  for (const session of sessions) {
    await expect(session.refresh()).rejects.toMatchObject({ status: 'SESSION_EXPIRED' });
  }
}

async function expectUnauthorized(token: string): Promise<void> {
  for (const port of stack.tcpPorts) {
    const opened = openSession(await connect({ port }), { token, callback: http(arrivals) });
    await expect(opened).rejects.toMatchObject({ status: 'UNAUTHORIZED' });
  }
}

test('a revoked key ends its sessions on every gateway, opens no other, and the other keys go on', async () => {
  const leaked = await runClient(stack, 'create', 'leaky');
  const next = await runClient(stack, 'add-key', 'leaky', '--key-name', 'the next one');
  const [ending, going] = [await sessionEverywhere(leaked), await sessionEverywhere(next)];
  await Promise.all([...ending, ...going].map((session) => session.setTimeout('x', 60_000)));
  await runClient(stack, 'revoke-key', 'leaky', keyIdOf(leaked));
  await expectEnded(ending);
  await expectUnauthorized(leaked);
  for (const session of going) {
    await session.setTimeout('x', 60_000);
    await session.refresh();
  }
  for (const gateway of stack.processes.gateway) {
    expect(gateway.logs()).toMatch(
      new RegExp(`"keyId":"${keyIdOf(leaked)}".*"msg":"a key is not good any more`),
    );
    expect(gateway.logs()).not.toContain(leaked.slice(-64));
  }
  const shown = JSON.parse(await runClient(stack, 'show', 'leaky', '--json'));
  expect(shown.keys).toMatchObject([
    { keyId: keyIdOf(next), name: 'the next one', lastUsedAt: expect.any(String) },
    { keyId: keyIdOf(leaked), revokedAt: expect.any(String) },
  ]);
});

test('an expired key ends its sessions', async () => {
  const directory = createClientDirectory(stack.redis.redis, stack.keyPepper);
  await directory.create('brief');
  const token = await directory.addKey('brief', { expiresAtMs: Date.now() + 1_500 });
  const sessions = await sessionEverywhere(token);
  await Promise.all(sessions.map((session) => session.setTimeout('x', 60_000)));
  await sleep(1_500);
  await expectEnded(sessions);
  await expectUnauthorized(token);
});

test('a session and a key that an older release wrote work, and end with their client', async () => {
  const redis = stack.redis.redis;
  const token = await stack.createClient('old');
  const key = globalKeys.clientKey(keyIdOf(token));
  const { clientId, hmac } = JSON.parse((await redis.get(key)) as string);
  await redis.set(key, JSON.stringify({ clientId, hmac }));
  const sessions = await sessionEverywhere(token);
  const place = globalKeys.session(sessions[0]?.sessionId as string);
  const stored = JSON.parse((await redis.get(place)) as string);
  await redis.set(place, JSON.stringify({ clientId, policy: stored.policy }), 'KEEPTTL');
  for (const session of sessions) {
    const { taskId } = await session.setTimeout('x', 60_000);
    await session.cancel(taskId);
  }
  // As somebody would remove a client by hand: nothing but its record.
  await redis.del(globalKeys.client('old'));
  await expectEnded(sessions);
  await expectUnauthorized(token);
});

describe('a client that is removed', () => {
  test('keeps all that it has as long as it has tasks, unless they are to go', async () => {
    const token = await stack.createClient('busy');
    const sessions = await sessionEverywhere(token);
    const dueMs = Date.now() + 10_000;
    await sessions[0]?.setTimeout('never', 10_000);
    await expect(runClient(stack, 'remove', 'busy')).rejects.toThrow(
      'client busy has 1 tasks and 0 dead letters: --with-tasks cancels and purges them too; nothing was changed',
    );
    await sessions[1]?.setTimeout('never', dueMs - Date.now());
    const receipt = await runClient(stack, 'remove', 'busy', '--with-tasks');
    expect(receipt).toMatch(/^client busy is removed\n {2}keys: 1\n {2}sessions: 1\n/);
    expect(receipt).toContain('tasks cancelled: 2\n');
    await expectUnauthorized(token);
    await sleep(dueMs + 1_000 - Date.now());
    expect(arrivals.all.filter(({ text }) => text === 'never')).toEqual([]);
    await expect(runClient(stack, 'show', 'busy')).rejects.toThrow('there is no client busy');
  });

  test('goes on being removed after a kill, and what is left of it meanwhile has no access', async () => {
    const token = await stack.createClient('doomed');
    const sessions = await sessionEverywhere(token);
    const tasks = 8_000;
    for (let registered = 0; registered < tasks; registered += 400) {
      const batch = Array.from({ length: 400 }, (_, i) => sessions[i % 2] as Session);
      await Promise.all(batch.map((session) => session.setTimeout('doomed', 60_000)));
    }
    const show = async () => JSON.parse(await runClient(stack, 'show', 'doomed', '--json'));
    const killWhen = async (what: string, condition: () => Promise<boolean>) => {
      const removal = spawnClient(stack, 'remove', 'doomed', '--with-tasks');
      const ended = once(removal, 'exit');
      await waitFor(condition, { message: what });
      removal.kill('SIGKILL');
      expect((await ended)[1]).toBe('SIGKILL');
    };

    const redis = stack.redis.redis;
    const client = async () => JSON.parse((await redis.get(globalKeys.client('doomed'))) as string);
    await killWhen('the client to be marked', async () => (await client()).removingSince !== undefined);
    expect((await show()).tasks).toBe(tasks);
    await expectEnded(sessions);
    await expectUnauthorized(token);

    const indexes = await redis.keys('{*}c:doomed');
    const left = async () => {
      const counts = await Promise.all(indexes.map((index) => redis.zcard(index)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await killWhen('some tasks to be cancelled', async () => (await left()) < tasks);
    const rest = (await show()).tasks;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(tasks);

    const receipt = await runClient(stack, 'remove', 'doomed', '--with-tasks');
    expect(receipt).toContain('what follows is what was left to do');
    expect(receipt).toContain(`tasks cancelled: ${rest}\n`);
    await expect(show()).rejects.toThrow('there is no client doomed');
    expect(await redis.keys('*doomed*')).toEqual([globalKeys.client('doomed')]);
    await expect(stack.createClient('doomed')).rejects.toThrow('its name can be used again from');
  });
});

type Use = (session: Session) => Promise<unknown>;

/** Each operation of the envelope protocol, the permission that it needs, and what is answered to whoever has that. */
const OPERATIONS: readonly [name: string, needs: Permission, use: Use][] = [
  ['setTimeout', 'register', (session) => session.setTimeout('x', 60_000)],
  ['setInterval', 'register', (session) => session.setInterval('x', 60_000)],
  ['setCron', 'register', (session) => session.setCron('x', '@yearly')],
  ['previewCron', 'read', (session) => session.previewCron('@yearly')],
  ['get', 'read', (session) => session.get('none')],
  ['list', 'read', (session) => session.list()],
  ['deadLetters.list', 'read', ({ deadLetters }) => deadLetters.list()],
  ['cancel', 'manage', (session) => session.cancel('none')],
  ['deadLetters.replay', 'manage', ({ deadLetters }) => deadLetters.replay({ ids: ['0-1-0'] })],
  ['deadLetters.purge', 'manage', ({ deadLetters }) => deadLetters.purge({ ids: ['0-1-0'] })],
];

describe.each(PERMISSIONS)('a key with nothing but the permission %s', (permission) => {
  let session: Session;
  beforeAll(async () => {
    const token = await runClient(stack, 'create', `only-${permission}`, '--permissions', permission);
    [session] = (await sessionEverywhere(token)) as [Session];
  });

  test.each(OPERATIONS)('%s needs %s', async (_, needs, use) => {
    const code = await use(session).then(
      () => 'ok',
      (error) => error.code as string,
    );
    if (needs === permission) expect(['ok', 'not_found']).toContain(code);
    else expect(code).toBe('forbidden');
  });

  test('it may keep its session alive', async () => {
    expect(await session.refresh()).toBeGreaterThan(0);
  });
});

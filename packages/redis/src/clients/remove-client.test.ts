import { randomBytes } from 'node:crypto';
import { type RemovalReceipt, validateSubmission } from '@boomerang/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimOne, failure, SETTINGS } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { openSubscription } from '../connection/open-subscription.js';
import type { Subscription } from '../connection/subscription.js';
import { createAssignmentStore } from '../executions/assignment-store.js';
import { createExecutionListener } from '../executions/execution-listener.js';
import { createExecutionStore } from '../executions/execution-store.js';
import { globalKeys } from '../partitions/keys.js';
import { setDefaultPolicy } from '../policies/default-policy.js';
import { createClientDirectory } from './client-directory.js';
import { removeClient } from './remove-client.js';
import { createSessionStore } from './session-store.js';
import { showClient } from './show-client.js';
import { openSigningSecrets } from './signing-secrets.js';

const PEPPER = 'a pepper of some length';

const engine = useTestEngine();

const directory = () => createClientDirectory(engine.redis, PEPPER);

async function remove(clientId: string, withTasks = true): Promise<RemovalReceipt> {
  return removeClient(engine.redis, clientId, { withTasks });
}

/** A client with a key and, of everything else, as much as is said. */
async function aClient(clientId: string, { sessions = 0, tasks = 0, deadLetters = 0, secrets = 0 }) {
  await directory().create(clientId);
  const key = await directory().addKey(clientId);
  const authenticated = await directory().authenticate(key);
  if (!authenticated) throw new Error('the new key is not good');
  const store = createSessionStore(engine.redis, 60_000);
  for (let i = 0; i < sessions; i++) await store.open(authenticated, aPolicy());
  for (let i = 0; i < deadLetters; i++) {
    const policy = { ...aPolicy(), dlq: { destination: i === 0 ? 'https://example.com/hook' : 'bucket' } };
    await engine.tasks.register(clientId, policy, aTask());
    const settlement = { kind: 'dead_letter', failure: failure(1) } as const;
    await engine.occurrences.settle(0, [{ occurrence: await claimOne(engine), settlement }]);
  }
  for (let i = 0; i < tasks; i++) {
    const repeatIntervalMs = i % 2 === 0 ? 0 : 60_000;
    await engine.tasks.register(clientId, aPolicy(), aTask({ delayMs: 60_000, repeatIntervalMs }));
  }
  const signing = await openSigningSecrets(engine.redis, MASTER_KEY);
  for (let i = 0; i < secrets; i++) await signing.add(clientId);
  await setDefaultPolicy(engine.redis, clientId, aPolicy());
  return key;
}
const MASTER_KEY = randomBytes(32);

/** Names of keys in Redis, and of keys and sessions in them, that have to do with a client; its record is not among them. */
async function traces(clientId: string): Promise<string[]> {
  const names = await engine.redis.keys('*');
  const named = names.filter((name) => name.endsWith(`:${clientId}`) && name !== globalKeys.client(clientId));
  const own = names.filter((name) => /^boomerang:(key|session):/.test(name));
  const values = await Promise.all(own.map((name) => engine.redis.get(name)));
  return [...named, ...own.filter((_, i) => JSON.parse(values[i] as string).clientId === clientId)];
}

test('a client goes with its keys, sessions, secrets, tasks and dead letters, and no other one does', async () => {
  const everything = { sessions: 2, tasks: 3, deadLetters: 2, secrets: 2 };
  const key = await aClient('shop', everything);
  const other = await aClient('rival', everything);
  await directory().noteUse(key.split('_')[1] as string);
  const before = await traces('rival');
  expect(await remove('shop')).toEqual({
    keys: 1,
    sessions: 2,
    signingSecrets: 2,
    tasks: 3,
    attemptsUnderWay: 0,
    deadLetters: 2,
    notForwarded: 1,
    begunAt: undefined,
  });
  expect(await traces('shop')).toEqual([]);
  expect(await directory().authenticate(key)).toBeUndefined();
  expect(await directory().authenticate(other)).toBeDefined();
  expect((await traces('rival')).sort()).toEqual(before.sort());
  expect(await engine.redis.zcard(engine.keys.due)).toBe(3);
  expect(await engine.redis.xlen(engine.keys.dlq)).toBe(2);
  expect(await engine.redis.keys('boomerang:key-use:*')).toEqual([]);
  await expect(remove('shop')).rejects.toThrow('there is no client shop');
  await expect(showClient(engine.redis, 'shop')).rejects.toThrow('there is no client shop');
});

test('more tasks than one step cancels go', async () => {
  await aClient('shop', {});
  await Promise.all(
    Array.from({ length: 1_200 }, () => engine.tasks.register('shop', aPolicy(), aTask({ delayMs: 60_000 }))),
  );
  expect(await remove('shop')).toMatchObject({ tasks: 1_200 });
});

test('an attempt that is under way is told, and its outcome changes nothing', async () => {
  await aClient('shop', { tasks: 1 });
  await engine.tasks.register('shop', aPolicy(), aTask());
  const occurrence = await claimOne(engine);
  expect(await remove('shop')).toMatchObject({ tasks: 2, attemptsUnderWay: 1 });
  const settlement = { kind: 'dead_letter', failure: failure(1) } as const;
  expect(await engine.occurrences.settle(0, [{ occurrence, settlement }])).toEqual([false]);
  expect(await traces('shop')).toEqual([]);
});

describe('what daemons execute', () => {
  let subscription: Subscription;
  let executions: { submit(): Promise<unknown>; take(): Promise<void>; endLeases(): Promise<unknown> };
  beforeEach(async () => {
    const { map, partitions, redis, run } = engine;
    subscription = await openSubscription({ url: engine.server.url, connection: redis, name: 'executions' });
    const listener = await createExecutionListener(subscription, partitions);
    const settings = { ...SETTINGS, keyPepper: PEPPER, idempotencyRetentionMs: 86_400_000 };
    const store = createExecutionStore(run, map, settings);
    const assignments = createAssignmentStore(run, map, listener, settings);
    const payload = { playbook: 'main.yml' };
    const submission = { name: '', type: 'playbook', priority: 'normal', payload, metadata: {} } as const;
    executions = {
      submit: () => store.submit('shop', validateSubmission(submission)),
      async take() {
        await engine.occurrences.claim(0, 100, 10);
        const daemon = { clientId: 'shop', daemonId: 'd1' };
        const [offered] = await assignments.offer(daemon, ['*'], 1);
        expect(offered && (await assignments.accept(daemon, offered))).toBe('taken');
      },
      async endLeases() {
        for (const member of await redis.zrange(engine.keys.leases, '0', '-1')) {
          await redis.zadd(engine.keys.leases, 1, member);
        }
        await engine.slices().recoverLost(0, Number.MAX_SAFE_INTEGER);
      },
    };
  });
  afterEach(() => subscription.close());

  test('goes when its lease has ended, and what waits at once', async () => {
    await aClient('shop', {});
    await executions.submit();
    await executions.take();
    for (let i = 0; i < 600; i++) await executions.submit();
    const waited: number[] = [];
    const onWaiting = (count: number) => {
      waited.push(count);
      setTimeout(() => void executions.endLeases(), 2_000);
    };
    const receipt = await removeClient(engine.redis, 'shop', { withTasks: true, onWaiting });
    expect(receipt).toMatchObject({ tasks: 601, attemptsUnderWay: 1, deadLetters: 0 });
    expect(waited).toEqual([1]);
    expect(await engine.redis.zcard(`${engine.keys.clientPrefix}shop`)).toBe(0);
  });
});

test.each([
  [{ tasks: 1 }, '1 tasks and 0 dead letters'],
  [{ deadLetters: 2 }, '0 tasks and 2 dead letters'],
])('with %j a client stays as it is, unless they are to go', async (belongings, has) => {
  const key = await aClient('shop', belongings);
  const refusal = `client shop has ${has}: --with-tasks cancels and purges them too; nothing was changed`;
  await expect(remove('shop', false)).rejects.toThrow(refusal);
  expect(await directory().authenticate(key)).toBeDefined();
  await remove('shop');
});

test('what is registered while a client is removed keeps it there, without access', async () => {
  const key = await aClient('shop', {});
  const removal = remove('shop', false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await engine.tasks.register('shop', aPolicy(), aTask({ delayMs: 60_000 }));
  await expect(removal).rejects.toThrow('its keys and sessions have ended already');
  expect(await directory().authenticate(key)).toBeUndefined();
  await expect(directory().create('shop')).rejects.toThrow('run `client remove shop` again');
  expect(await showClient(engine.redis, 'shop')).toMatchObject({
    removingSince: expect.any(String),
    keys: [],
  });
  expect(await remove('shop')).toMatchObject({ tasks: 1, begunAt: expect.any(String) });
});

/** A connection that works up to the `count`th command that changes something, and then no more. */
function dyingAt(count: number): typeof engine.redis {
  let left = count;
  return new Proxy(engine.redis, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const changes = /^(set|del|hdel|boomerang:.*Buffer)$/.test(String(name));
        if (changes && --left < 0) throw new Error('died here');
        return member.apply(target, args);
      };
    },
  });
}

test('wherever a removal dies, no key is good any more, and the next one finishes', async () => {
  const everything = { sessions: 1, tasks: 2, deadLetters: 2, secrets: 1 };
  const ids = Array.from({ length: 16 }, (_, i) => `client-${i}`);
  const keys: string[] = [];
  for (const id of ids) keys.push(await aClient(id, everything));
  const deaths = await Promise.allSettled(
    ids.map((id, i) => removeClient(dyingAt(i), id, { withTasks: true })),
  );
  const finished = deaths.map(({ status }) => status === 'fulfilled');
  expect(finished).toEqual(ids.map((_, i) => i >= 13));
  const good = await Promise.all(keys.map((key) => directory().authenticate(key)));
  expect(good.map(Boolean)).toEqual(ids.map((_, i) => i === 0));

  await Promise.all(ids.filter((_, i) => !finished[i]).map((id) => remove(id)));
  for (const id of ids) expect(await traces(id)).toEqual([]);
  expect(await engine.redis.zcard(engine.keys.due)).toBe(0);
  expect(await engine.redis.xlen(engine.keys.dlq)).toBe(0);
  expect(await engine.redis.hlen(engine.keys.policies)).toBe(0);
}, 30_000);

test('the name of a removed client is not given again while anything of the old one may be remembered', async () => {
  const key = await aClient('shop', {});
  await remove('shop');
  const refusal = /^client shop was removed at \S+Z: its name can be used again from \S+Z on$/;
  await expect(directory().create('shop')).rejects.toThrow(refusal);
  await expect(directory().addKey('shop')).rejects.toThrow(refusal);
  await expect(directory().addKey('shop', { key })).rejects.toThrow(refusal);
  expect(await engine.redis.pttl(globalKeys.client('shop'))).toBeGreaterThan(30 * 86_400_000);
});

test('of two removals at once one finishes at least', async () => {
  await aClient('shop', { tasks: 5 });
  const outcomes = await Promise.allSettled([remove('shop'), remove('shop')]);
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(await traces('shop')).toEqual([]);
});

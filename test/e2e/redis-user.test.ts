import { execFile } from 'node:child_process';
import { connect as dial } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Session } from '@boomerang/client';
import { loadPartitions, type PartitionKeys } from '@boomerang/redis';
import { startStackOn, startTestRedis, type TestRedis, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentedRules } from '../docs/redis-rules.js';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import { startWebhook, type Webhook } from './support/webhook.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const [SERVICES = [], OPERATORS = []] = documentedRules();

let redis: TestRedis;
let url: string;
let stack: TestStack;
let arrivals: Arrivals;
let webhook: Webhook;
let session: Session;
let partitions: readonly PartitionKeys[];
beforeAll(async () => {
  redis = await startTestRedis();
  await redis.redis.call('ACL', 'SETUSER', 'boomerang', ...SERVICES);
  url = redis.url.replace('//', '//boomerang:PASSWORD@');
  const env = { BOOMERANG_REDIS_URL: url };
  stack = await startStackOn(redis, { env: { gateway: env, scheduler: env, worker: env } });
  arrivals = await receiveCallbacks(redis.redis, ({ text, attempt }) => {
    if (text === 'twice' && attempt === 1) return { error: 'not yet' };
    return text === 'never' ? { deadLetter: 'unwanted' } : undefined;
  });
  webhook = await startWebhook();
  partitions = await loadPartitions(redis.redis, 4);
  const retry = { maxAttempts: 3, strategy: 'FIXED', intervalMs: 50 } as const;
  session = await sessionOn(stack, { callback: http(arrivals), retry });
});
afterAll(async () => {
  webhook?.close();
  await arrivals?.close();
  await stack?.stop();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this checkout to its end, on this Redis. */
function run(program: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const environment = {
    PATH: process.env.PATH,
    BOOMERANG_REDIS_URL: url,
    BOOMERANG_KEY_PEPPER: stack.keyPepper,
    BOOMERANG_MASTER_KEY: stack.masterKey.toString('base64'),
    ...env,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: ROOT, env: environment }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}

const client = async (...args: string[]) => {
  const { code, stderr, stdout } = await run('packages/cli/dist/main.js', ['client', ...args], {});
  expect(stderr).not.toMatch(/NOPERM|may not/);
  expect(code).toBe(0);
  return stdout;
};

test('everything works under the documented rule, and nothing is asked of Redis that it forbids', async () => {
  const [once, twice, recurring, parked] = await Promise.all([
    session.setTimeout('once', 2_500),
    session.setTimeout('twice', 0),
    session.setInterval('again', 150),
    session.setTimeout('parked', 60_000),
  ]);
  await arrivals.waitFor(1, once.taskId);
  await arrivals.waitFor(2, twice.taskId);
  await arrivals.waitFor(5, recurring.taskId);
  expect((await session.list()).tasks.map(({ taskId }) => taskId)).toContain(parked.taskId);
  for (const { taskId } of [recurring, parked]) await session.cancel(taskId);
  expect(await session.get(parked.taskId)).toMatchObject({ state: 'cancelled' });
  await session.refresh();

  const { taskId } = await session.setTimeout('never', 0);
  const letter = await waitFor(
    async () => (await session.deadLetters.list()).deadLetters.find((one) => one.taskId === taskId),
    { message: 'the dead letter' },
  );
  await session.deadLetters.get(letter.deadLetterId);
  await session.deadLetters.replay({ ids: [letter.deadLetterId] });
  await waitFor(async () => (await session.deadLetters.list()).deadLetters.length === 1, {
    message: 'that of its replay',
  });
  await session.deadLetters.purge({ filter: {}, limit: 10 });
  const forwarded = await sessionOn(stack, { callback: http(arrivals), dlq: { destination: webhook.url } });
  await forwarded.setTimeout('never', 0);
  await webhook.waitForIds(1);

  // A worker that dies with a ticket in its hands: BullMQ gives it to another.
  const { taskId: orphan } = await session.setTimeout('once', 2_500);
  const held = async () => {
    const lists = partitions.map(({ queuePrefix }) => redis.redis.llen(`${queuePrefix}:tickets:active`));
    return (await Promise.all(lists)).some((length) => length > 0);
  };
  await waitFor(held, { message: 'a ticket that is held' });
  await stack.processes.worker[0]?.restart();
  await arrivals.waitFor(1, orphan);
  await waitFor(async () => !(await held()), { message: 'the ticket to be done' });
  await stack.processes.scheduler[0]?.kill('SIGTERM');
  await stack.processes.scheduler[0]?.restart();
  expect(await redis.redis.call('ACL', 'LOG')).toEqual([]);
}, 60_000);

test('so do commands on Redis, with what the documentation adds for them', async () => {
  await redis.redis.call('ACL', 'SETUSER', 'boomerang', ...OPERATORS);
  await client('create', 'shop');
  await client('add-key', 'shop');
  expect(await client('list')).toContain('shop');
  await client('secret', 'create', 'shop');
  await client('secret', 'list', 'shop');
  await client('partitions', 'raise', '4');
  expect(await redis.redis.call('ACL', 'LOG')).toEqual([]);
});

function refused(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1');
    socket.once('connect', () => resolve('it listens'));
    socket.once('error', ({ message }) => resolve(message));
    socket.once('close', () => socket.destroy());
  });
}

test.each(['gateway', 'scheduler', 'worker'] as const)(
  'a permission that is missing stops the %s at its start, with one line that names it',
  async (name) => {
    const rule = SERVICES.filter((word) => word !== '+publish');
    await redis.redis.call('ACL', 'SETUSER', 'limited', ...rule);
    const tcpPort = 19_973;
    const { code, stderr } = await run(`services/${name}/dist/main.js`, [], {
      BOOMERANG_REDIS_URL: redis.url.replace('//', '//limited:PASSWORD@'),
      BOOMERANG_HOST: '127.0.0.1',
      BOOMERANG_TCP_PORT: String(tcpPort),
      BOOMERANG_HTTP_PORT: '0',
      BOOMERANG_LOG_LEVEL: 'error',
    });
    expect(stderr).toBe(
      `${name}: cannot start: the Redis user limited may not run PUBLISH: grant +publish ` +
        '(docs/operations.md has the whole rule)\n',
    );
    expect(code).toBe(1);
    expect(await refused(tcpPort)).toMatch(/ECONNREFUSED/);
  },
);

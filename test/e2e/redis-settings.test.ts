import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect, openSession } from '@boomerang/client';
import { startStackOn, type TestStack } from '@boomerang/testkit';
import { afterEach, expect, test } from 'vitest';
import { http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import * as setups from './support/redis-setups.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = 'packages/cli/dist/main.js';
const PROCESSES = {
  gateway: ['services/gateway/dist/main.js'],
  scheduler: ['services/scheduler/dist/main.js'],
  worker: ['services/worker/dist/main.js'],
  'npm start': [CLI, 'start'],
  'a client command': [CLI, 'client', 'create', 'shop'],
};
const SECRETS = {
  BOOMERANG_KEY_PEPPER: 'a pepper of some length',
  BOOMERANG_MASTER_KEY: '5'.repeat(64),
};

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this checkout to its end. */
function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const options = { cwd: ROOT, env: { PATH: process.env.PATH, ...SECRETS, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}

async function createClient(env: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await run(PROCESSES['a client command'], env);
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

async function startOn(setup: setups.RedisSetup): Promise<TestStack<setups.RedisSetup>> {
  const { env } = setup;
  const stack = await startStackOn(setup, { env: { gateway: env, scheduler: env, worker: env } });
  stops.push(() => stack.stop());
  return stack;
}

/** What each process does: the command makes a client, the gateway takes its tasks, which the others deliver. */
async function roundTrip(stack: TestStack<setups.RedisSetup>, env: Readonly<Record<string, string>>) {
  const token = await createClient({ ...env, BOOMERANG_KEY_PEPPER: stack.keyPepper });
  const arrivals = await receiveCallbacks(stack.redis.redis);
  stops.push(() => arrivals.close());
  const session = await sessionOn(stack, { token, callback: http(arrivals) });
  const [later, atOnce] = [await session.setTimeout('x', 2_500), await session.setTimeout('x', 0)];
  for (const { taskId } of [atOnce, later]) await arrivals.waitFor(1, taskId);
}

/** Connections of services and commands, BullMQ's among them. */
async function ours(setup: setups.RedisSetup): Promise<string[]> {
  const clients = (await setup.clients()).filter((line) => / name=(gateway|scheduler|worker)/.test(line));
  for (const name of [
    'gateway',
    'scheduler',
    'scheduler-wakes',
    'worker',
    'worker-wakes',
    'worker-tickets',
  ]) {
    expect(clients.join('\n')).toMatch(new RegExp(` name=(ioredis-cluster\\(\\w+\\):)?${name}`));
  }
  return clients;
}

test.each<[string, () => Promise<setups.RedisSetup>, RegExp]>([
  ['plain', () => setups.single(), / db=0 .* user=default /],
  ['a password', setups.withPassword, / db=0 .* user=default /],
  ['a user', setups.withUser, / db=0 .* user=us@er /],
  ['a database', () => setups.single([], '/3'), / db=3 /],
  ['Sentinels, a password and a database', setups.behindSentinels, / db=2 /],
  ['a Cluster and a user', setups.onCluster, / db=0 .* user=us@er /],
])('every process works by the settings: %s', async (_what, start, connection) => {
  const setup = await start();
  const stack = await startOn(setup);
  await roundTrip(stack, setup.env);
  for (const line of await ours(setup)) expect(line).toMatch(connection);
  if (!connection.source.includes('db=0')) expect(await setup.sizeOfDatabase0()).toBe(0);
});

test('every process works by the settings: TLS, authorities, a user and a database', async () => {
  const setup = await setups.overTls();
  await roundTrip(await startOn(setup), setup.env);
  for (const line of await ours(setup)) {
    expect(line).toMatch(new RegExp(` laddr=127\\.0\\.0\\.1:${setup.port} .* db=5 .* user=us@er `));
  }
  expect(await setup.sizeOfDatabase0()).toBe(0);
});

test('every process works by the settings: a Cluster over TLS', async () => {
  const setup = await setups.onClusterOverTls();
  await roundTrip(await startOn(setup), setup.env);
  for (const line of await ours(setup)) {
    const port = / laddr=127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    expect(setup.ports).toContain(Number(port));
  }
});

test('npm start works by the settings, and leaves them to commands: Sentinels over TLS', async () => {
  const setup = await setups.behindSentinelsOverTls();
  stops.push(() => setup.stop());
  const child = spawn(process.execPath, PROCESSES['npm start'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ...SECRETS,
      ...setup.env,
      BOOMERANG_TCP_PORT: '0',
      BOOMERANG_GRPC_PORT: '0',
      BOOMERANG_HTTP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  stops.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const { tcp } = JSON.parse(String((await once(child.stdout, 'data'))[0]));
  const token = await createClient({});
  const arrivals = await receiveCallbacks(setup.redis);
  stops.push(() => arrivals.close());
  const session = await openSession(await connect({ port: tcp }), { token, callback: http(arrivals) });
  const { taskId } = await session.setTimeout('x', 2_500);
  await arrivals.waitFor(1, taskId);
  for (const line of await ours(setup)) expect(line).toContain(` laddr=127.0.0.1:${setup.port} `);
});

const processes = Object.keys(PROCESSES) as (keyof typeof PROCESSES)[];

test.each(processes)('settings that can not be applied are refused in one line by %s', async (name) => {
  const setup = await setups.single();
  stops.push(() => setup.stop());
  const url = setup.url.replace('//', '//:hidden@');
  const cases: [Record<string, string>, string][] = [
    [{ BOOMERANG_REDIS_URL: `${setup.url}/99` }, "doesn't select database 99: ERR DB index is out of range"],
    [{ BOOMERANG_REDIS_URL: `${url},${url}/1` }, 'but a Redis Cluster has database 0 alone'],
    [{ BOOMERANG_REDIS_URL: url, BOOMERANG_REDIS_TLS_CA: 'ca.pem' }, 'which is without TLS: use rediss://'],
    [{ BOOMERANG_REDIS_URL: `${url}?db=1` }, 'has something behind "?" or "#", which is not used'],
  ];
  for (const [env, text] of cases) {
    const ports = { BOOMERANG_TCP_PORT: '0', BOOMERANG_GRPC_PORT: '0', BOOMERANG_HTTP_PORT: '0' };
    const { code, stdout, stderr } = await run(PROCESSES[name], {
      BOOMERANG_LOG_LEVEL: 'silent',
      ...ports,
      ...env,
    });
    expect(stderr).toContain(text);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout + stderr).not.toContain('hidden');
    expect(code).toBe(1);
  }
  expect(await setup.sizeOfDatabase0()).toBe(0);
});

import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  aPolicy,
  aTask,
  SETTINGS,
  startTestEngine,
  type TestEngine,
} from '../../test-support/test-engine.js';
import { loadScripts } from '../engine/scripts.js';
import { loadPartitionMap } from '../partitions/partition-map.js';
import { createTaskStore } from '../tasks/task-store.js';
import { connectRedis } from './connection.js';
import { fromRedisError } from './redis-error.js';

let engine: TestEngine;
let admin: Redis;
beforeAll(async () => {
  engine = await startTestEngine();
  admin = (await connectRedis({ url: engine.server.url, name: 'admin' })) as Redis;
});
afterAll(async () => {
  admin.disconnect();
  await engine.stop();
});

const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
const SCRIPT = 'script: 0123456789012345678901234567890123456789, on @user_script:12.';

test.each([
  'LOADING Redis is loading the dataset in memory',
  "READONLY You can't write against a read only replica.",
  `READONLY You can't write against a read only replica. ${SCRIPT}`,
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'NOREPLICAS Not enough good replicas to write.',
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
  'CLUSTERDOWN The cluster is down',
  'CLUSTERDOWN Hash slot not served',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  "CROSSSLOT Keys in request don't hash to the same slot",
  'NOSCRIPT No matching script. Please use EVAL.',
  'EXECABORT Transaction discarded because of previous errors.',
  'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
  'ERR max number of clients reached',
  `ERR Error running script: Script killed by user with SCRIPT KILL. ${SCRIPT}`,
  `FORMAT the task was written by a newer release than this one ${SCRIPT}`,
])('%s: nothing was changed', (message) => {
  expect(fromRedisError(reply(message))).toMatchObject({
    code: 'unavailable',
    message: `the store refused: ${message.split('.')[0]}`,
  });
});

test.each([
  'MOVED 12182 10.1.2.3:6379',
  'ASK 12182 10.1.2.3:6379',
  "NOPERM User boomerang has no permissions to access the '{1bz}due' key",
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
])('%s: nothing was changed, and clients are told no more than the kind', (message) => {
  const [code] = message.split(' ');
  expect(fromRedisError(reply(message))).toMatchObject({
    code: 'unavailable',
    message: `the store refused: ${code}`,
  });
});

test.each([
  "ERR The user executing the script can't run this command or subcommand",
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  "NOPERM User boomerang has no permissions to run the 'publish' command",
])('%s, from within a script: it may have written before', (message) => {
  expect(fromRedisError(reply(`${message} ${SCRIPT}`))).toMatchObject({ code: 'outcome_unknown' });
});

/** What has to be undone, and how to bring Redis into the state. */
type State = () => Promise<() => Promise<unknown>>;

const replica = async () => {
  await admin.replicaof('127.0.0.1', 1);
  return () => admin.replicaof('NO', 'ONE');
};

async function setting(name: string, value: string, otherwise: string) {
  await admin.config('SET', name, value);
  return () => admin.config('SET', name, otherwise);
}

async function unableToSave() {
  // A snapshot can't take the place of a folder.
  const folder = join(engine.server.dataDir, 'dump.rdb');
  await mkdir(folder);
  await admin.config('SET', 'save', '3600 1');
  await admin.bgsave();
  await expect.poll(() => admin.info('persistence')).toContain('rdb_last_bgsave_status:err');
  return async () => {
    await admin.config('SET', 'save', '');
    await rmdir(folder);
  };
}

async function busy() {
  await admin.config('SET', 'busy-reply-threshold', '50');
  const runner = await connectRedis({ url: engine.server.url, name: 'runner' });
  const ended = runner.eval('while true do end', 0).catch((error: Error) => error);
  await expect.poll(() => admin.ping().catch((error: Error) => error.message)).toMatch('BUSY');
  return async () => {
    await admin.script('KILL');
    expect(fromRedisError(await ended).code).toBe('unavailable');
    runner.disconnect();
  };
}

test.each<[string, State]>([
  ['READONLY', replica],
  [
    'MASTERDOWN',
    async () => {
      const undo = await setting('replica-serve-stale-data', 'no', 'yes');
      const promote = await replica();
      return async () => {
        await promote();
        await undo();
      };
    },
  ],
  ['NOREPLICAS', () => setting('min-replicas-to-write', '1', '0')],
  ['MISCONF', unableToSave],
  ['BUSY', busy],
])('a registration that meets %s is unavailable, and has changed nothing', async (code, begin) => {
  await expect.poll(() => engine.redis.status).toBe('ready');
  await engine.reset();
  const end = await begin();
  const answer = await engine.tasks.register('shop', aPolicy(), aTask()).catch((error: Error) => error);
  await end();
  expect(answer).toMatchObject({ code: 'unavailable', message: expect.stringContaining(code) });
  await expect.poll(() => admin.keys('{*')).toEqual([]);
});

test('a script that a permission broke off half way is no refusal', async () => {
  await engine.reset();
  await admin.acl('SETUSER', 'mute', 'on', '>secret', '~*', '&*', '+@all', '-publish');
  const redis = await connectRedis({ url: engine.server.url.replace('//', '//mute:secret@'), name: 'mute' });
  const tasks = createTaskStore(loadScripts(redis), await loadPartitionMap(redis, 1), SETTINGS);
  const answer = await tasks.register('shop', aPolicy(), aTask()).catch((error: Error) => error);
  expect(answer).toMatchObject({ code: 'outcome_unknown' });
  expect(await admin.keys('{*')).not.toEqual([]);
  redis.disconnect();
});

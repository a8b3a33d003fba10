import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../test-support/test-engine.js';
import { type Engine, openEngine } from '../engine/engine.js';
import { openStores } from '../engine/stores.js';
import { REQUIRED_RULE, ruleName } from './required-access.js';

let base: TestEngine;
let admin: Redis;
beforeAll(async () => {
  base = await startTestEngine({ partitions: 4 });
  admin = base.redis;
});
afterAll(() => base.stop());
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** Makes a user with these permissions alone; its URL. */
async function userWith(rule: readonly string[]): Promise<string> {
  await admin.acl('SETUSER', 'limited', 'reset', 'on', '>secret', ...rule);
  return base.server.url.replace('//', '//limited:secret@');
}

const quiet = { onError: () => undefined, onWarning: () => undefined, onScript: () => undefined };

async function startEngine(url: string): Promise<Engine> {
  const engine = await openEngine({ url, name: 'worker', partitions: 4, ...quiet });
  opened.push(engine);
  return engine;
}

async function startGateway(url: string) {
  const settings = {
    sliceMs: 1_000,
    retentionMs: 60_000,
    auditRetentionMs: 60_000,
    idempotencyRetentionMs: 60_000,
  };
  const stores = await openStores({
    url,
    name: 'gateway',
    redisTimeoutMs: 1_500,
    partitions: 4,
    keyPepper: 'a pepper of some length',
    masterKey: undefined,
    sessionTtlMs: 60_000,
    onNamed: () => undefined,
    ...settings,
    ...quiet,
  });
  opened.push({ close: () => stores.connection.disconnect() });
  return stores;
}

test('the rule is enough for every service to start and to be ready', async () => {
  const url = await userWith(REQUIRED_RULE.services);
  expect(await (await startEngine(url)).ready()).toBeUndefined();
  expect(await (await startGateway(url)).ready()).toBeUndefined();
  expect(await admin.keys('*probe*')).toEqual([]);
});

/** These only matter to a Cluster, and in another database than 0. */
const OF_OTHER_SETUPS = ['+cluster|slots', '+select'];
const EACH = REQUIRED_RULE.services.filter((word) => !OF_OTHER_SETUPS.includes(word));

test.each(EACH)('without %s no service starts, and in one line it says why', async (word) => {
  const url = await userWith(REQUIRED_RULE.services.filter((other) => other !== word));
  const line = new RegExp(
    `^the Redis user limited may not .+: grant .*${word.replace(/[*{}|+&~]/g, '\\$&')}.* \\(docs/operations\\.md has the whole rule\\)$`,
  );
  for (const start of [startEngine, startGateway]) {
    const refusal = await start(url).then(() => 'it started', String);
    expect(refusal.replace('UnusableRedisError: ', '')).toMatch(line);
    expect(refusal).not.toContain('secret');
  }
});

test.each<[string, string[], string]>([
  ['INFO', ['-info'], 'run INFO, which BullMQ needs: grant +info'],
  ['two commands', ['-zadd', '-xadd'], 'run ZADD, run XADD: grant +zadd +xadd'],
])('of what is missing it tells what that is needed for: %s', async (_what, denied, text) => {
  const url = await userWith([...REQUIRED_RULE.services, ...denied]);
  await expect(startEngine(url)).rejects.toThrow(`the Redis user limited may not ${text} (docs`);
});

test('one partition that is not allowed is enough', async () => {
  const rule = REQUIRED_RULE.services.filter((word) => word !== '~{*}*');
  const [first, second, , fourth] = base.partitions.map(({ due }) => due.replace('due', '*'));
  const url = await userWith([...rule, `~${first}`, `~${second}`, `~${fourth}`, '~{boomerang*']);
  const text = `may not use the key ${base.partitions[2]?.due}: grant ~{*}*`;
  await expect(startEngine(url)).rejects.toThrow(text);
  await expect(startGateway(url)).rejects.toThrow(text);
});

test('a permission that is taken away turns readiness', async () => {
  const url = await userWith(REQUIRED_RULE.services);
  const engine = await startEngine(url);
  await admin.acl('SETUSER', 'limited', '-publish');
  expect(await engine.ready()).toBe(
    'the Redis user limited may not run PUBLISH: grant +publish (docs/operations.md has the whole rule)',
  );
  await admin.acl('SETUSER', 'limited', '+publish');
  expect(await engine.ready()).toBeUndefined();
});

test('a Redis that takes no writes is started on; what could not be tried is tried before it is ready', async () => {
  const url = await userWith(REQUIRED_RULE.services.filter((word) => word !== '+zadd'));
  await admin.replicaof('127.0.0.1', 1);
  const engine = await startEngine(url);
  await expect.poll(() => engine.ready(), { timeout: 5_000 }).toMatch(/READONLY/);
  await expect.poll(() => admin.replicaof('NO', 'ONE').catch(String), { timeout: 5_000 }).toBe('OK');
  await expect.poll(() => engine.ready(), { timeout: 5_000 }).toMatch(/may not run ZADD: grant \+zadd/);
});

const root = new URL('../../', import.meta.url);

/** What the files of a folder that end with `ending` have in the places of `pattern`. */
function findIn(folder: string, ending: string, pattern: RegExp): string[] {
  const within = new URL(folder, root);
  const files = readdirSync(within, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith(ending) && !file.endsWith('.test.ts') && file !== DOCTOR,
  );
  const found = files.flatMap((file) => [...readFileSync(new URL(file, within), 'utf8').matchAll(pattern)]);
  return found.map(([, ...words]) => words.filter(Boolean).join(' '));
}

const granted = new Set([...REQUIRED_RULE.services, ...REQUIRED_RULE.operators]);

test('every command that a script calls is in the rule', () => {
  const called = findIn('scripts/', '.lua', /redis\.p?call\('([A-Z]+)'(?:, '([A-Z]{4,})')?/g);
  expect(called.length).toBeGreaterThan(50);
  const missing = called.filter((command) => !granted.has(`+${ruleName(command)}`));
  expect([...new Set(missing)]).toEqual([]);
});

/** What `doctor` asks a server, which does without the answers that its user may not have. */
const DOCTOR = 'connection/inspect-redis.ts';
/** Methods that are no commands. */
const NO_COMMANDS =
  /^(on|once|off|onMessage|nodes|pipeline|call|close|disconnect|defineCommand|refreshSlotsCache)$/;

test('every command that is called without a script is in the rule', () => {
  const receiver = /\b(?:redis|connection|node|pipeline\(\))\s*\.(\w+)\((?:\s*'([A-Z]+)')?/g;
  const called = findIn('src/', '.ts', receiver).filter((call) => !NO_COMMANDS.test(call));
  expect(called.length).toBeGreaterThan(30);
  const names = called.map((call) =>
    ruleName(call.replace(/^(\w+?)(Buffer)?\b/, (_, name) => name.toUpperCase())),
  );
  expect([...new Set(names)].filter((name) => !granted.has(`+${name}`))).toEqual([]);
});

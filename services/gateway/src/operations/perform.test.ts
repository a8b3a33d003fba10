import { readdirSync } from 'node:fs';
import { type Caller, DEFAULT_PERMISSIONS, type Permission } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { listDeadLetters } from './dead-letters/list-dead-letters.js';
import { purgeDeadLetters } from './dead-letters/purge-dead-letters.js';
import { replayDeadLetters } from './dead-letters/replay-dead-letters.js';
import type { Operation, OperationContext } from './operation.js';
import { createPerform } from './perform.js';
import { cancelTask } from './tasks/cancel-task.js';
import { getTask } from './tasks/get-task.js';
import { listTasks } from './tasks/list-tasks.js';
import { registerTask } from './tasks/register-task.js';

const REQUIRED = {
  'register-task': [registerTask, 'register'],
  'get-task': [getTask, 'read'],
  'list-tasks': [listTasks, 'read'],
  'list-dead-letters': [listDeadLetters, 'read'],
  'cancel-task': [cancelTask, 'manage'],
  'replay-dead-letters': [replayDeadLetters, 'manage'],
  'purge-dead-letters': [purgeDeadLetters, 'manage'],
} as const satisfies Record<string, readonly [unknown, Permission]>;

const caller = (permissions: readonly Permission[]): Caller => ({
  clientId: 'shop',
  keyId: 'k1',
  permissions,
  policy: undefined,
});

/** Whatever gets as far as a store shows it. */
const reached = new Error('reached');
const context = new Proxy({} as OperationContext, {
  get() {
    throw reached;
  },
});
const perform = createPerform(context, 1_000);
const outcome = (operation: unknown, permissions: readonly Permission[]) =>
  perform(operation as Operation<unknown, unknown>, () => caller(permissions), {}).catch((error) => error);

describe('an operation', () => {
  test.each(Object.entries(REQUIRED))('%s asks for its permission before anything else', async (_, row) => {
    const [operation, permission] = row;
    const others = DEFAULT_PERMISSIONS.filter((one) => one !== permission);
    expect(await outcome(operation, others)).toMatchObject({ code: 'forbidden' });
    expect(await outcome(operation, ['admin'])).toMatchObject({ code: 'forbidden' });
    expect(await outcome(operation, [permission])).toBe(reached);
  });

  test('of every file is among these', () => {
    const files = readdirSync(new URL('.', import.meta.url), { recursive: true }).map(String);
    const named = files.filter((file) => /\/\w+-(task|tasks|dead-letters)\.ts$/.test(file));
    const names = named.map((file) => file.replace(/^.*\/|\.ts$/g, ''));
    expect(names.sort()).toEqual(Object.keys(REQUIRED).sort());
  });
});

test('a caller who is not found, or not in time, is told so, and nothing is done', async () => {
  const never = createPerform(context, 20);
  const refused = new Error('no such session');
  const asking = (whoAsks: () => Caller | Promise<Caller>) => never(getTask, whoAsks, 't');
  await expect(asking(() => Promise.reject(refused))).rejects.toBe(refused);
  await expect(
    asking(() => {
      throw refused;
    }),
  ).rejects.toBe(refused);
  await expect(asking(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'unavailable' });
});

import { readdirSync } from 'node:fs';
import { ActivityRecorder, type Caller, DEFAULT_PERMISSIONS, type Permission } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import type { Operation, OperationContext } from './operation.js';
import { createPerform } from './perform.js';
import { getTask } from './tasks/get-task.js';

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  registerTask: 'register',
  registerTasks: 'register',
  getTask: 'read',
  listTasks: 'read',
  cancelTask: 'manage',
  rescheduleTask: 'manage',
  setPaused: 'manage',
  fireTask: 'manage',
  listDeadLetters: 'read',
  replayDeadLetters: 'manage',
  previewSchedule: 'read',
  readStats: 'read',
  forecast: 'read',
  readAudit: 'admin',
  listClients: 'admin',
  showClient: 'admin',
  createClient: 'admin',
  removeClient: 'admin',
  addKey: 'admin',
  revokeKey: 'admin',
  listSecrets: 'admin',
  addSecret: 'admin',
  revokeSecret: 'admin',
  listPolicies: 'read',
  getPolicy: 'read',
  putPolicy: 'manage',
  removePolicy: 'manage',
  purgeDeadLetters: 'manage',
  submitExecution: 'register',
  submitExecutions: 'register',
  getExecution: 'read',
  getExecutions: 'read',
  getExecutionOutput: 'read',
  listExecutions: 'read',
  cancelExecution: 'manage',
  cancelExecutions: 'manage',
};

type AnyOperation = Operation<unknown, unknown>;

/** All operations that any file in this folder exports, by name. */
async function findOperations(): Promise<Map<string, AnyOperation>> {
  const here = new URL('.', import.meta.url);
  const files = readdirSync(here, { recursive: true }).map(String);
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const modules = await Promise.all(sources.map((file) => import(new URL(file, here).href)));
  const named = modules.flatMap((module) => Object.entries<Partial<AnyOperation>>(module));
  return new Map(named.filter(([, one]) => one.permission !== undefined) as [string, AnyOperation][]);
}
const operations = await findOperations();

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
const perform = createPerform(context, 1_000, { note: () => undefined }, new ActivityRecorder());

describe('an operation', () => {
  test('of every file is among these', () => {
    expect([...operations.keys()].sort()).toEqual(Object.keys(PERMISSIONS).sort());
  });

  test.each(Object.entries(PERMISSIONS))('%s asks for %s before anything else', async (name, permission) => {
    const outcome = (permissions: readonly Permission[]) =>
      perform(operations.get(name) as AnyOperation, () => caller(permissions), {}).catch((error) => error);
    const others = DEFAULT_PERMISSIONS.filter((one) => one !== permission);
    expect(await outcome(others)).toMatchObject({ code: 'forbidden' });
    if (permission !== 'admin') expect(await outcome(['admin'])).toMatchObject({ code: 'forbidden' });
    expect(await outcome([permission])).not.toMatchObject({ code: 'forbidden' });
  });
});

test('a caller who is not found, or not in time, is told so, and nothing is done', async () => {
  const impatient = createPerform(context, 20, { note: () => undefined }, new ActivityRecorder());
  const refused = new Error('no such session');
  const asking = (whoAsks: () => Caller | Promise<Caller>) => impatient(getTask, whoAsks, 't');
  await expect(asking(() => Promise.reject(refused))).rejects.toBe(refused);
  await expect(
    asking(() => {
      throw refused;
    }),
  ).rejects.toBe(refused);
  await expect(asking(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'unavailable' });
});

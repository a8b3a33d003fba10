import { BoomerangError, type Submission, validateSubmission } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../test-support/test-engine.js';
import { useTestExecutions } from '../../test-support/use-test-executions.js';
import type { RunScript } from '../engine/scripts.js';
import { createExecutionStore } from './execution-store.js';

const { engine, tasks } = useTestExecutions();

function submission(name: string, changes = {}): Submission {
  const content = { type: 'playbook', priority: 'normal', payload: {}, metadata: {}, ...changes } as const;
  return validateSubmission({ name, ...content });
}
const names = (count: number) => Array.from({ length: count }, (_, n) => `task-${n}`);
const kinds = (results: readonly unknown[]) =>
  results.map((result) => (result instanceof BoomerangError ? result.code : 'ok'));

/** The store, each of whose scripts goes through `through` first. */
const storeThrough = (through: (...call: Parameters<RunScript>) => Promise<unknown> | undefined) =>
  createExecutionStore((...call) => through(...call) ?? engine.run(...call), engine.map, SETTINGS);

test('a batch takes one round trip to a partition for each of its steps, however large it is', async () => {
  const ran: string[] = [];
  const store = storeThrough((name, keys) => {
    ran.push(`${name} ${keys.due}`);
    return undefined;
  });
  const results = await store.submitAll(
    'shop',
    [...names(200), '', ''].map((name) => submission(name)),
  );
  expect(kinds(results)).toEqual(Array(202).fill('ok'));
  await store.getAll('shop', names(200), 1_000_000);
  const requests = names(200).map((name) => ({ name, reason: '' }));
  expect(await store.cancelAll('shop', requests)).toEqual(requests.map(() => ({ kind: 'cancelled' })));
  const asked = [
    'reserve-names',
    'submit',
    'find-named',
    'read-executions',
    'find-named',
    'cancel-execution',
  ];
  const twoPartitions = asked.flatMap((name) => engine.partitions.map(({ due }) => `${name} ${due}`));
  expect(ran.sort()).toEqual(twoPartitions.sort());
});

test('a partition that does not answer fails its own tasks alone, and the batch again finishes them', async () => {
  const [lost] = engine.partitions;
  const store = storeThrough((name, keys) =>
    name === 'submit' && keys.due === lost?.due ? Promise.reject(new Error('gone')) : undefined,
  );
  const batch = names(50).map((name) => submission(name));
  const results = kinds(await store.submitAll('shop', batch));
  expect(new Set(results)).toEqual(new Set(['ok', 'outcome_unknown']));
  const found = await tasks().getAll('shop', names(50), 1_000_000);
  expect(found.map((task) => (task === 'not_found' ? 'outcome_unknown' : 'ok'))).toEqual(results);
  expect(kinds(await tasks().submitAll('shop', batch))).toEqual(Array(50).fill('ok'));
  expect((await tasks().list('shop', { status: undefined, type: '' }, 100, 0)).total).toBe(50);
});

test('a gateway that dies between the names and the tasks leaves nothing that the batch again does not finish', async () => {
  const dying = storeThrough((name) => (name === 'submit' ? Promise.reject(new Error('killed')) : undefined));
  const batch = names(10).map((name) => submission(name));
  expect(kinds(await dying.submitAll('shop', batch))).toEqual(Array(10).fill('outcome_unknown'));
  expect(await tasks().getAll('shop', names(10), 1_000)).toEqual(names(10).map(() => 'not_found'));
  const again = await tasks().submitAll('shop', batch);
  expect(kinds(again)).toEqual(Array(10).fill('ok'));
  expect(await tasks().submitAll('shop', batch)).toEqual(again);
});

test('one task that only a newer release can read fails alone', async () => {
  await tasks().submitAll(
    'shop',
    names(3).map((name) => submission(name)),
  );
  const newer = await tasks().get('shop', 'task-1');
  for (const { recordPrefix } of engine.partitions) {
    const key = `${recordPrefix}${newer?.taskId}`;
    if (await engine.redis.exists(key)) await engine.redis.setrange(key, 0, '\x03');
  }
  const read = await tasks().getAll('shop', names(3), 1_000);
  expect(kinds(read)).toEqual(['ok', 'unavailable', 'ok']);
  const requests = names(3).map((name) => ({ name, reason: '' }));
  expect(kinds(await tasks().cancelAll('shop', requests))).toEqual(['ok', 'unavailable', 'ok']);
  await expect(tasks().get('shop', 'task-1')).rejects.toMatchObject({ code: 'unavailable' });
});

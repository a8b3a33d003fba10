import { expect, test } from 'vitest';
import { allReadable, aPolicy, aTask, DELIVERED, SETTINGS } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import type { Engine } from '../engine/engine.js';
import type { RunScript } from '../engine/scripts.js';
import { createOccurrenceStore } from './occurrence-store.js';

const engine = useTestEngine();

const register = (options: Parameters<typeof aTask>[0] = {}) =>
  engine.tasks.register('shop', aPolicy(), aTask(options));

test('a claim that Redis refused, or that was never sent, leaves nothing to look for', async () => {
  const failures = [
    Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' }),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  ];
  const scripts: string[] = [];
  const run: RunScript = async (name, keys, args) => {
    scripts.push(name);
    const failure = failures.shift();
    if (failure) throw failure;
    return engine.run(name, keys, args);
  };
  const store = createOccurrenceStore(
    { ...engine.engine, run },
    { ...SETTINGS, leaseMs: 10_000 },
    allReadable,
  );
  await expect(store.claim(0, 10, 20)).rejects.toThrow('OOM');
  await expect(store.claim(0, 10, 20)).rejects.toThrow('writeable');
  await store.claim(0, 10, 20);
  expect(scripts).toEqual(['claim', 'claim', 'claim']);
});

/** A worker's store whose next claims are carried out without an answer. */
function storeThatLosesReplies() {
  const losing = { count: 0 };
  const run: RunScript = async (name, keys, args) => {
    const reply = await engine.run(name, keys, args);
    if (!name.includes('claim') || losing.count === 0) return reply;
    losing.count--;
    throw new Error('connection lost');
  };
  const onConnection = { ...engine.engine, run } as Engine;
  return {
    losing,
    store: createOccurrenceStore(onConnection, { ...SETTINGS, leaseMs: 10_000 }, allReadable),
  };
}

test('what a claim took whose reply was lost is handed out by the next one, as the same attempt and never early', async () => {
  const { losing, store } = storeThatLosesReplies();
  const { taskId, scheduledTimeMs } = await register({ delayMs: 15 });
  const recurring = await register({ repeatIntervalMs: 60_000 });
  losing.count = 2;
  await expect(store.claim(0, 10, 20)).rejects.toThrow('connection lost');
  await expect(store.claim(0, 10, 20)).rejects.toThrow('connection lost');

  const { claimed } = await store.claim(0, 10, 20);
  expect(claimed.map(({ member, attempt }) => [member, attempt]).sort()).toEqual(
    [
      [`${taskId}:1`, 1],
      [`${recurring.taskId}:1`, 1],
    ].sort(),
  );
  const oneShot = claimed.find((occurrence) => occurrence.taskId === taskId);
  expect(oneShot?.scheduledTimeMs).toBe(scheduledTimeMs);
  expect(oneShot?.dueMs).toBeGreaterThanOrEqual(scheduledTimeMs);
  expect((await store.claim(0, 10, 20)).claimed).toEqual([]);
  const settled = claimed.map((occurrence) => ({ occurrence, settlement: DELIVERED }));
  expect(await store.settle(0, settled)).toEqual([true, true]);
});

test('no more is handed out at a time than asked for, and each once', async () => {
  const { losing, store } = storeThatLosesReplies();
  for (let i = 0; i < 5; i++) await register();
  losing.count = 1;
  await expect(store.claim(0, 5, 20)).rejects.toThrow();
  const sizes = [];
  const ids = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const { claimed } = await store.claim(0, 2, 20);
    sizes.push(claimed.length);
    for (const { taskId } of claimed) ids.add(taskId);
  }
  expect(sizes).toEqual([2, 2, 1, 0]);
  expect(ids.size).toBe(5);
});

test("other workers' occurrences and cancelled ones are left alone", async () => {
  const { losing, store } = storeThatLosesReplies();
  const other = await register();
  await engine.occurrences.claim(0, 10, 20);
  const { taskId } = await register();
  losing.count = 1;
  await expect(store.claim(0, 10, 20)).rejects.toThrow();
  await engine.tasks.cancel('shop', taskId);
  expect((await store.claim(0, 10, 20)).claimed).toEqual([]);
  expect(await engine.tasks.get('shop', other.taskId)).toMatchObject({ state: 'in_flight' });
});

test('once nothing is left of the lost claims, claims go on as before', async () => {
  const { losing, store } = storeThatLosesReplies();
  losing.count = 1;
  await expect(store.claim(0, 10, 20)).rejects.toThrow();
  const { taskId } = await register();
  expect((await store.claim(0, 10, 20)).claimed).toEqual([]);
  expect((await store.claim(0, 10, 20)).claimed.map((occurrence) => occurrence.taskId)).toEqual([taskId]);
});

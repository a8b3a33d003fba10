import { partitionOf, type TaskCursor, type TaskFilter } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine({ partitions: 4 });

const EVERYTHING: TaskFilter = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };

async function registerMany(
  client: string,
  count: number,
  options: (i: number) => Parameters<typeof aTask>[0],
) {
  const policy = aPolicy();
  const tasks = [];
  for (let i = 0; i < count; i++) tasks.push(await engine.tasks.register(client, policy, aTask(options(i))));
  return tasks;
}

async function listAll(client: string, filter: TaskFilter, limit: number) {
  const ids: string[] = [];
  const sizes: number[] = [];
  let after: TaskCursor | undefined;
  do {
    const page = await engine.tasks.list(client, filter, limit, after);
    ids.push(...page.tasks.map(({ taskId }) => taskId));
    sizes.push(page.tasks.length);
    after = page.next;
  } while (after);
  return { ids, sizes };
}

test("a client's tasks of all partitions are listed by due time, whatever the size of the page", async () => {
  const tasks = await registerMany('shop', 23, (i) => ({ delayMs: 60_000 + ((i * 7) % 23) * 1_000 }));
  await registerMany('rival', 5, () => ({ delayMs: 60_000 }));
  expect(new Set(tasks.map(({ taskId }) => partitionOf(taskId))).size).toBe(4);
  const inOrder = [...tasks]
    .sort((a, b) => a.scheduledTimeMs - b.scheduledTimeMs)
    .map(({ taskId }) => taskId);
  for (const limit of [1, 4, 23, 1_000]) {
    expect((await listAll('shop', EVERYTHING, limit)).ids).toEqual(inOrder);
  }
  expect((await listAll('shop', EVERYTHING, 10)).sizes).toEqual([10, 10, 3]);
});

test('tasks due at the same millisecond are each listed once', async () => {
  const tasks = await registerMany('shop', 20, () => ({ delayMs: 60_000 }));
  for (const { taskId } of tasks) {
    const keys = engine.partitions[partitionOf(taskId) as number];
    await engine.redis.zadd(`${keys?.clientPrefix}shop`, 1_999_999_999_999, taskId);
  }
  const { ids } = await listAll('shop', EVERYTHING, 3);
  expect(ids).toEqual(tasks.map(({ taskId }) => taskId).sort());
});

test('more tasks at one millisecond than a page looks at are listed to the end', async () => {
  const [one] = await registerMany('shop', 1, () => ({ delayMs: 60_000 }));
  const { taskId, scheduledTimeMs } = one as { taskId: string; scheduledTimeMs: number };
  const index = `${engine.partitions[partitionOf(taskId) as number]?.clientPrefix}shop`;
  const others = Array.from(
    { length: 12_000 },
    (_, i) => `${taskId.slice(0, 24)}${String(i).padStart(12, '0')}`,
  );
  await engine.redis.zadd(index, ...others.flatMap((id) => [scheduledTimeMs, id]));
  const recurring = await listAll('shop', { ...EVERYTHING, recurring: true }, 10);
  expect(recurring.ids).toEqual([]);
  expect((await listAll('shop', { ...EVERYTHING, recurring: false }, 10)).ids).toEqual([taskId]);
});

describe('filters', () => {
  test('by time take in what is due from the one on and before the other', async () => {
    const tasks = await registerMany('shop', 5, (i) => ({ delayMs: 60_000 + i * 1_000 }));
    const filter = {
      ...EVERYTHING,
      scheduledAfterMs: tasks[1]?.scheduledTimeMs ?? 0,
      scheduledBeforeMs: tasks[4]?.scheduledTimeMs ?? 0,
    };
    expect((await listAll('shop', filter, 2)).ids).toEqual(tasks.slice(1, 4).map(({ taskId }) => taskId));
  });

  test.each([true, false])('by recurring: %j', async (recurring) => {
    const tasks = await registerMany('shop', 12, (i) => ({
      delayMs: 60_000 + i,
      repeatIntervalMs: i % 3 === 0 ? 1_000 : 0,
    }));
    const expected = tasks.filter((_, i) => (i % 3 === 0) === recurring).map(({ taskId }) => taskId);
    expect((await listAll('shop', { ...EVERYTHING, recurring }, 3)).ids).toEqual(expected);
  });
});

test('a page holds about a mebibyte, but always a task', async () => {
  await registerMany('shop', 5, () => ({ delayMs: 60_000, payload: 'x'.repeat(400_000) }));
  expect((await listAll('shop', EVERYTHING, 100)).sizes).toEqual([2, 2, 1]);
  await registerMany('big', 2, () => ({ delayMs: 60_000, payload: 'x'.repeat(1_048_576) }));
  expect((await listAll('big', EVERYTHING, 100)).sizes).toEqual([1, 1]);
});

test('tasks that have ended are not listed', async () => {
  const [first, second] = await registerMany('shop', 2, () => ({ delayMs: 60_000 }));
  await engine.tasks.cancel('shop', first?.taskId ?? '');
  expect((await listAll('shop', EVERYTHING, 10)).ids).toEqual([second?.taskId]);
});

test('a client without tasks has an empty page', async () => {
  expect(await engine.tasks.list('nobody', EVERYTHING, 10)).toEqual({ tasks: [], next: undefined });
});

import { expect, test } from 'vitest';
import { aPolicy, aTask, DELIVERED, failAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine({ partitions: 2 });
const everything = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };

const register = async (tags: readonly string[], options: Parameters<typeof aTask>[0] = {}) =>
  (await engine.tasks.register('shop', aPolicy(), { ...aTask({ delayMs: 60_000, ...options }), tags }))
    .taskId;
const found = async (tag: string, clientId = 'shop') =>
  (await engine.tasks.list(clientId, { ...everything, tag }, 1_000)).tasks.map(({ taskId }) => taskId);
const indexes = async () => {
  const all = await Promise.all(
    engine.partitions.map(({ tagPrefix }) => engine.redis.keys(`${tagPrefix.replaceAll('{', '\\{')}*`)),
  );
  return all.flat().map((key) => key.replace(/^.*?\}/, ''));
};

test('a task shows its tags, and is found by each of them, in the order of due times', async () => {
  const late = await register(['order', 'größe:7 €'], { delayMs: 90_000 });
  const early = await register(['order', 'order'], { delayMs: 30_000, repeatIntervalMs: 60_000 });
  await register([]);
  expect(await engine.tasks.get('shop', late)).toMatchObject({ tags: ['order', 'größe:7 €'] });
  expect(await engine.tasks.get('shop', early)).toMatchObject({ tags: ['order'] });
  expect(await found('order')).toEqual([early, late]);
  expect(await found('größe:7 €')).toEqual([late]);
  expect(await found('orde')).toEqual([]);
  expect(await found('order', 'another')).toEqual([]);
  const recurring = await engine.tasks.list('shop', { ...everything, tag: 'order', recurring: true }, 10);
  expect(recurring.tasks).toMatchObject([{ taskId: early, tags: ['order'] }]);
});

test('pages by a tag miss and repeat nothing', async () => {
  const tagged: string[] = [];
  for (let i = 0; i < 25; i++)
    tagged.push(await register(['paged'], { delayMs: 50_000 + i }), await register([]));
  const seen: string[] = [];
  let after: Parameters<typeof engine.tasks.list>[3];
  do {
    const page = await engine.tasks.list('shop', { ...everything, tag: 'paged' }, 4, after);
    seen.push(...page.tasks.map(({ taskId }) => taskId));
    after = page.next;
  } while (after);
  expect(seen).toEqual(tagged.filter((_, i) => i % 2 === 0));
});

test('a claim of a recurring task moves its place, and the end of a task takes it out', async () => {
  const once = await register(['moves'], { delayMs: 0 });
  await settleAll();
  expect(await found('moves')).toEqual([]);
  expect(await engine.tasks.get('shop', once)).toMatchObject({ state: 'delivered', tags: ['moves'] });

  const every = await register(['moves'], { delayMs: 0, repeatIntervalMs: 60_000 });
  const between = await register(['moves'], { delayMs: 10_000 });
  expect(await found('moves')).toEqual([every, between]);
  await settleAll();
  expect(await found('moves')).toEqual([between, every]);
  await engine.tasks.cancel('shop', every);
  await engine.tasks.cancel('shop', between);
  expect(await found('moves')).toEqual([]);
  expect(await indexes()).toEqual([]);
});

async function settleAll() {
  for (const partition of engine.partitions.keys()) {
    const { claimed } = await engine.occurrences.claim(partition, 10, 5);
    const requests = claimed.map((occurrence) => ({ occurrence, settlement: DELIVERED }));
    if (requests.length > 0) await engine.occurrences.settle(partition, requests);
  }
}

test('a dead letter keeps the tags for its replay', async () => {
  await register(['kept', 'too'], { delayMs: 0 });
  await failAll(engine);
  expect(await indexes()).toEqual([]);
  const order = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };
  const { letters } = await engine.deadLetters.list('shop', order as never, 10, false);
  const [partition, ms, sequence] = (letters[0]?.id ?? '').split('-').map(Number) as [number, number, number];
  const id = { partition, ms, sequence };
  const options = { startMs: 0, callback: undefined, evenNotForwarded: false };
  const [replayed] = await engine.deadLetters.replay('shop', [{ id, delayMs: 60_000 }], options);
  const { taskId } = replayed as { taskId: string };
  expect(await engine.tasks.get('shop', taskId)).toMatchObject({ tags: ['kept', 'too'] });
  expect(await found('too')).toEqual([taskId]);
});

test('a claimed occurrence carries tags and key', async () => {
  const { taskId } = await engine.tasks.register('shop', aPolicy(), {
    ...aTask(),
    tags: ['a', 'b'],
    idempotencyKey: 'größe 7',
  });
  const partition = Number.parseInt(taskId.slice(15, 18), 16);
  const { claimed } = await engine.occurrences.claim(partition, 10, 5);
  expect(claimed).toMatchObject([{ taskId, tags: ['a', 'b'], idempotencyKey: 'größe 7' }]);
});

test('one without tags writes nothing more than before', async () => {
  const { taskId } = await engine.tasks.register('shop', aPolicy(), {
    ...aTask({ delayMs: 60_000 }),
    tags: [],
  });
  const keys = engine.partitions[Number.parseInt(taskId.slice(15, 18), 16)];
  const record = (await engine.redis.getBuffer(`${keys?.recordPrefix}${taskId}`)) as Buffer;
  expect(record).toHaveLength(38 + 'shop'.length + 'payload'.length);
  expect(await indexes()).toEqual([]);
});

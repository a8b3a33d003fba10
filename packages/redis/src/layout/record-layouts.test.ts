import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Part, packParts, rewriteWithParts } from '../../test-support/records.js';
import { aPolicy, aTask, claimAll, claimOne, DELIVERED, failure } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const STAYS = 64;
const MUST_BE_UNDERSTOOD = 128;
const ORIGIN = STAYS + 1;
const PAYLOAD = 'the payload, which no script looks into';

const value = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array(65_535).fill(7)) },
);
const skippable = fc.nat(MUST_BE_UNDERSTOOD - 1).filter((tag) => tag !== ORIGIN);
const unknownParts = fc.array(
  fc.tuple(skippable, value).map(([tag, bytes]): Part => [tag, Buffer.from(bytes)]),
  { maxLength: 6 },
);

async function register(parts: readonly Part[], repeatIntervalMs = 0): Promise<string> {
  const request = aTask({ payload: PAYLOAD, repeatIntervalMs });
  const { taskId } = await engine.tasks.register('shop', aPolicy(), request);
  await rewriteWithParts(engine, taskId, parts);
  return taskId;
}

const recordOf = async (taskId: string) =>
  (await engine.redis.getBuffer(engine.keys.recordPrefix + taskId)) as Buffer;
const settle = async (kind: 'delivered' | 'retry' | 'dead_letter') => {
  const occurrence = await claimOne(engine);
  expect(Buffer.from(occurrence.payload).toString()).toBe(PAYLOAD);
  const failed = { kind, dueMs: 0, failure: failure(occurrence.attempt) } as const;
  const settlement = kind === 'delivered' ? DELIVERED : (failed as never);
  expect(await engine.occurrences.settle(0, [{ occurrence, settlement }])).toEqual([true]);
};
const everything = { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: undefined };

describe('a task whose record has parts that this release does not know', () => {
  test('is listed and read, fails, and is delivered; what stays of its parts is what says so', async () => {
    await fc.assert(
      fc.asyncProperty(unknownParts, async (parts) => {
        await engine.reset();
        const taskId = await register(parts);
        const task = { taskId, state: 'scheduled', payload: Buffer.from(PAYLOAD), replayOf: undefined };
        expect(await engine.tasks.get('shop', taskId)).toMatchObject(task);
        expect((await engine.tasks.list('shop', everything, 10)).tasks).toMatchObject([task]);
        const registered = await recordOf(taskId);
        await settle('retry');
        expect(await recordOf(taskId)).toEqual(registered);
        await settle('delivered');
        expect(await engine.tasks.get('shop', taskId)).toMatchObject({ taskId, state: 'delivered' });
        const stay = packParts(parts.filter(([tag]) => tag >= STAYS));
        const ended = await recordOf(taskId);
        expect(ended.readUInt8(0)).toBe(stay.length > 0 ? 64 + 2 : 2);
        if (stay.length === 0) return;
        const partsAt = 21 + 'shop'.length + 3;
        expect(ended.readUIntBE(partsAt - 3, 3)).toBe(stay.length);
        expect(ended.subarray(partsAt, partsAt + stay.length)).toEqual(stay);
      }),
      { numRuns: 40 },
    );
  });

  test('recurs, counters patched in place, and is cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(unknownParts, async (parts) => {
        await engine.reset();
        const taskId = await register(parts, 60_000);
        const registered = await recordOf(taskId);
        await settle('delivered');
        const patched = await recordOf(taskId);
        expect(patched.readUIntBE(13, 6)).toBe(2);
        expect(patched.subarray(21)).toEqual(registered.subarray(21));
        expect(await engine.tasks.cancel('shop', taskId)).toMatchObject({ kind: 'cancelled' });
        expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'cancelled', occurrence: 2 });
      }),
      { numRuns: 20 },
    );
  });

  test('is dead-lettered with its payload, and replayed', async () => {
    await fc.assert(
      fc.asyncProperty(unknownParts, async (parts) => {
        await engine.reset();
        await register(parts);
        await settle('dead_letter');
        const [[entry = ''] = []] = await engine.redis.xrange(engine.keys.dlq, '-', '+');
        const [ms, sequence] = entry.split('-').map(Number);
        const id = { partition: 0, ms: ms as number, sequence: sequence as number };
        const options = { startMs: 0, callback: undefined, evenNotForwarded: false };
        const [replayed] = await engine.deadLetters.replay('shop', [{ id, delayMs: 0 }], options);
        expect(replayed).toMatchObject({ kind: 'replayed', before: false });
        await settle('delivered');
      }),
      { numRuns: 10 },
    );
  });
});

const ORIGIN_BYTES = Buffer.from('018cc251f40000000000000f', 'hex');
const replayOf = `0-${0x018cc251f400}-15`;

test.each([0, 1, 500])('a replay tells its dead letter behind %d bytes of other parts', async (bytes) => {
  const taskId = await register([
    [5, Buffer.alloc(bytes)],
    [ORIGIN, ORIGIN_BYTES],
  ]);
  expect(await engine.tasks.get('shop', taskId)).toMatchObject({ replayOf });
  await settle('retry');
  await settle('dead_letter');
  expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'dead_lettered', replayOf });
  const { letters } = await engine.deadLetters.list('shop', OLDEST, 1, true);
  expect(letters).toMatchObject([{ taskId, replayOf, payload: Buffer.from(PAYLOAD) }]);
});

describe('a replay that was registered in layout 1', () => {
  const registerInLayout1 = async (): Promise<string> => {
    const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask({ payload: PAYLOAD }));
    const record = await recordOf(taskId);
    record.writeUInt8(128 + 1, 0);
    const clientEnd = 38 + 'shop'.length;
    const parts = [record.subarray(0, clientEnd), ORIGIN_BYTES, record.subarray(clientEnd)];
    await engine.redis.set(engine.keys.recordPrefix + taskId, Buffer.concat(parts));
    return taskId;
  };

  test.each(['delivered', 'dead_letter'] as const)(
    'is read, listed, claimed, fails, and ends %s',
    async (end) => {
      const taskId = await registerInLayout1();
      expect(await engine.tasks.get('shop', taskId)).toMatchObject({
        replayOf,
        payload: Buffer.from(PAYLOAD),
      });
      expect((await engine.tasks.list('shop', everything, 10)).tasks).toMatchObject([{ taskId, replayOf }]);
      await settle('retry');
      await settle(end);
      expect(await engine.tasks.get('shop', taskId)).toMatchObject({ replayOf, attempts: [{}, {}] });
      expect((await engine.deadLetters.list('shop', OLDEST, 1, true)).letters).toMatchObject(
        end === 'delivered' ? [] : [{ taskId, replayOf, payload: Buffer.from(PAYLOAD) }],
      );
    },
  );

  test('is cancelled', async () => {
    const taskId = await registerInLayout1();
    expect(await engine.tasks.cancel('shop', taskId)).toMatchObject({ kind: 'cancelled' });
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({ state: 'cancelled', replayOf });
  });

  test('and has ended in layout 1 is read', async () => {
    const taskId = await registerInLayout1();
    const due = (await recordOf(taskId)).subarray(1, 7);
    const numbers = Buffer.concat([Buffer.alloc(6), Buffer.from([0, 0, 0, 0, 0, 1])]);
    const ended = [Buffer.of(128 + 2), due, numbers, Buffer.from('\x04\x04shop'), ORIGIN_BYTES];
    await engine.redis.set(engine.keys.recordPrefix + taskId, Buffer.concat(ended));
    expect(await engine.tasks.get('shop', taskId)).toMatchObject({
      state: 'delivered',
      replayOf,
      attempts: [],
    });
  });
});

const OLDEST = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };

describe.each([
  ['first', [[MUST_BE_UNDERSTOOD + 42, Buffer.from('x')]]],
  [
    'behind what is skipped',
    [
      [1, Buffer.alloc(9)],
      [255, Buffer.alloc(3)],
    ],
  ],
  [
    'further back than a script reads at first',
    [
      [1, Buffer.alloc(400)],
      [255, Buffer.alloc(0)],
    ],
  ],
] as [string, Part[]][])('a part that must be understood and is not known, %s,', (_, parts) => {
  test('leaves the task to a newer release', async () => {
    const taskId = await register(parts, 60_000);
    const record = await recordOf(taskId);
    const before = await engine.now();
    expect(await claimAll(engine)).toEqual([]);
    expect(Number(await engine.redis.zscore(engine.keys.due, taskId))).toBeGreaterThanOrEqual(before + 999);
    const unavailable = { code: 'unavailable', message: expect.stringContaining('by a newer release') };
    await expect(engine.tasks.get('shop', taskId)).rejects.toMatchObject(unavailable);
    await expect(engine.tasks.cancel('shop', taskId)).rejects.toMatchObject(unavailable);
    const recurring = { ...everything, recurring: true };
    await expect(engine.tasks.list('shop', recurring, 10)).rejects.toMatchObject(unavailable);
    expect(await recordOf(taskId)).toEqual(record);
  });

  test('leaves an attempt under way to it, when it settles and when its lease ends', async () => {
    const { taskId } = await engine.tasks.register('shop', aPolicy(), aTask());
    const occurrence = await claimOne(engine);
    await rewriteWithParts(engine, taskId, parts);
    await engine.occurrences.settle(0, [{ occurrence, settlement: DELIVERED }]);
    await engine.redis.zadd(engine.keys.leases, 1, occurrence.member);
    await engine.slices().recoverLost(0, await engine.now());
    expect(await engine.redis.zscore(engine.keys.leases, occurrence.member)).toBe('1');
    expect(await engine.redis.hexists(engine.keys.occurrences, occurrence.member)).toBe(1);
  });
});

test('parts that end nowhere leave the task to a newer release', async () => {
  const taskId = await register([[1, Buffer.alloc(3)]]);
  await engine.redis.setrange(engine.keys.recordPrefix + taskId, 38 + 'shop'.length + 4, '\xff\xff');
  expect(await claimAll(engine)).toEqual([]);
  await expect(engine.tasks.get('shop', taskId)).rejects.toMatchObject({ code: 'unavailable' });
});

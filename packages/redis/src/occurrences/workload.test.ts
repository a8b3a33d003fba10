import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

const register = (delayMs: number) => engine.tasks.register('shop', aPolicy(), aTask({ delayMs }));

test('the workload tells what is parked, overdue, soon due, in flight and lately claimed', async () => {
  const slices = engine.slices();
  await Promise.all([register(0), register(0), register(30_000), register(50_000), register(90_000)]);
  const before = await slices.workload(0);
  expect(before).toEqual({
    parked: 5,
    overdue: 2,
    dueWithinMinute: 2,
    inFlight: 0,
    claimedLastMinute: 0,
    held: 0,
  });
  await claimAll(engine);
  const after = { parked: 3, overdue: 0, dueWithinMinute: 2, inFlight: 2, claimedLastMinute: 2, held: 0 };
  expect(await slices.workload(0)).toEqual(after);
  expect((await slices.look(0))?.workload).toEqual(after);
});

/** Puts what was claimed `minutes` into the past. */
async function age(minutes: number): Promise<void> {
  const packed = (await engine.redis.getBuffer(engine.keys.claims)) as Buffer;
  packed.writeUInt32BE(packed.readUInt32BE(6) - minutes, 6);
  await engine.redis.set(engine.keys.claims, packed);
}

test('what was claimed counts less as its minute passes, and not at all after two', async () => {
  const slices = engine.slices();
  await Promise.all(Array.from({ length: 60 }, () => register(0)));
  await claimAll(engine);
  await age(1);
  const secondsLeft = 60 - ((await engine.now()) % 60_000) / 1_000;
  const { claimedLastMinute } = await slices.workload(0);
  expect(Math.abs(claimedLastMinute - secondsLeft)).toBeLessThan(5);
  await register(0);
  await claimAll(engine);
  expect((await slices.workload(0)).claimedLastMinute).toBeGreaterThan(0);
  await age(2);
  expect((await slices.workload(0)).claimedLastMinute).toBe(0);
});

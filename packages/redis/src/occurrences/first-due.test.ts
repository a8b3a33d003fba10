import { expect, test } from 'vitest';
import { aPolicy, aTask, claimAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();

test('nothing is due in an empty partition, and nobody has claimed anything', async () => {
  const before = await engine.now();
  const seen = await engine.occurrences.firstDue(0);
  expect(seen).toMatchObject({ firstDueMs: Number.POSITIVE_INFINITY, lastClaimMs: 0 });
  expect(seen.nowMs).toBeGreaterThanOrEqual(before - 1);
});

test('what is due first and when the last claim was made are told by the same clock', async () => {
  const first = await engine.tasks.register('shop', aPolicy(), aTask({ delayMs: 5_000 }));
  await engine.tasks.register('shop', aPolicy(), aTask({ delayMs: 9_000 }));
  const before = Math.floor(await engine.now());
  await claimAll(engine);
  const { firstDueMs, lastClaimMs, nowMs } = await engine.occurrences.firstDue(0);
  expect(firstDueMs).toBe(first.scheduledTimeMs);
  expect(lastClaimMs).toBeGreaterThanOrEqual(before);
  expect(lastClaimMs).toBeLessThanOrEqual(nowMs);
});

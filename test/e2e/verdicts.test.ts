import type { Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionOn } from './support/arrivals.js';
import { deadLettersOf } from './support/dead-letters.js';
import { VERDICT_WIRES, type Verdict, type VerdictReceiver } from './support/verdict-wires.js';

const POLICY_MS = 150;
const retry = { maxAttempts: 5, strategy: 'FIXED', intervalMs: POLICY_MS } as const;

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

/** Everything of the task that Redis holds but for its record. */
async function leftOf(taskId: string): Promise<string[]> {
  const { redis } = stack.redis;
  const left: string[] = [];
  for (const kind of ['due', 'leases']) {
    for (const key of await redis.keys(`{*}${kind}`)) left.push(...(await redis.zrange(key, '0', '-1')));
  }
  for (const kind of ['occurrences', 'latest-attempts']) {
    for (const key of await redis.keys(`{*}${kind}`)) left.push(...(await redis.hkeys(key)));
  }
  return left.filter((member) => member.startsWith(taskId));
}

describe.each(VERDICT_WIRES)('%s', (_name, open) => {
  let receiver: VerdictReceiver;
  let session: Session;
  beforeAll(async () => {
    // A task's payload is the verdict on its first attempts; every later one is done.
    receiver = await open((text, { attempt, occurrence }) => {
      if (text === 'stop') return occurrence === 2 ? 'stop' : 'done';
      return attempt === 1 ? (text as Verdict) : 'done';
    });
    session = await sessionOn(stack, { callback: receiver.callback, retry });
  });
  afterAll(() => receiver?.close());

  const of = (taskId: string) => receiver.seen.filter((seen) => seen.taskId === taskId);
  const ends = (taskId: string, state: string) =>
    waitFor(async () => (await session.get(taskId)).state === state, { message: `${taskId} ${state}` });

  test('done', async () => {
    const { taskId } = await session.setTimeout('done', 0);
    await ends(taskId, 'delivered');
    expect(of(taskId)).toHaveLength(1);
  });

  test.each([
    ['retry', POLICY_MS],
    ['retry after 1 s', 1_000],
  ] as const)('failed: %s', async (verdict, leastMs) => {
    const { taskId } = await session.setTimeout(verdict, 0);
    await ends(taskId, 'delivered');
    const [first, second, ...others] = of(taskId);
    expect([first?.attempt, second?.attempt, others]).toEqual([1, 2, []]);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(leastMs);
  });

  test('failed for good', async () => {
    const { taskId } = await session.setTimeout('dead-letter', 0);
    await ends(taskId, 'dead_lettered');
    expect(of(taskId)).toHaveLength(1);
    const letters = await deadLettersOf(stack, taskId);
    expect(letters).toMatchObject([{ attempts: 1, history: [{ attempt: 1, errorClass: 'rejected' }] }]);
  });

  test('done, and stop the recurrence: nothing of it is left', async () => {
    const { taskId } = await session.setInterval('stop', 800, { delayMs: 0 });
    await ends(taskId, 'delivered');
    expect(of(taskId).map(({ occurrence }) => occurrence)).toEqual([1, 2]);
    await waitFor(async () => (await leftOf(taskId)).length === 0, { message: 'nothing to be left' });
    expect(await deadLettersOf(stack, taskId)).toEqual([]);
  });
});

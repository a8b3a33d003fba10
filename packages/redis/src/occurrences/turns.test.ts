import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { aPolicy, aTask, claimAll } from '../../test-support/test-engine.js';
import { useTestEngine } from '../../test-support/use-test-engine.js';

const engine = useTestEngine();
const policy = aPolicy();

const registerMany = (client: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => engine.tasks.register(client, policy, aTask())));

/** Moves what is due from the due index to the queues of these clients, as a newer release does. */
async function queueAsNewerReleases(tasks: Readonly<Record<string, readonly { taskId: string }[]>>) {
  const { due, overduePrefix, rotation } = engine.keys;
  for (const [turn, [client, own]] of Object.entries(tasks).entries()) {
    await engine.redis.zadd(rotation, turn, client);
    for (const { taskId } of own) {
      const score = (await engine.redis.zscore(due, taskId)) as string;
      await engine.redis.multi().zadd(`${overduePrefix}${client}`, score, taskId).zrem(due, taskId).exec();
    }
  }
}

describe('overdue queues that a newer release has made', () => {
  test('are claimed by turns, with what falls due meanwhile, until nothing is left', async () => {
    const tasks = { a: await registerMany('a', 30), b: await registerMany('b', 5) };
    await queueAsNewerReleases(tasks);
    await registerMany('c', 2);
    await sleep(2);
    const { claimed, nextDueMs } = await engine.occurrences.claim(0, 12, 0);
    const clients = claimed.map(({ clientId }) => clientId);
    expect(
      Object.fromEntries(['a', 'b', 'c'].map((name) => [name, clients.filter((c) => c === name).length])),
    ).toEqual({ a: 5, b: 5, c: 2 });
    expect(nextDueMs).toBe(0);
    expect(await claimAll(engine)).toHaveLength(25);
    const { due, overduePrefix, rotation } = engine.keys;
    expect(await engine.redis.exists(due, rotation, `${overduePrefix}a`, `${overduePrefix}b`)).toBe(0);
  });

  test('are seen, shown and cancelled', async () => {
    const [task] = await registerMany('a', 1);
    const { taskId, scheduledTimeMs } = task as { taskId: string; scheduledTimeMs: number };
    await queueAsNewerReleases({ a: [{ taskId }] });
    expect((await engine.occurrences.firstDue(0)).firstDueMs).toBe(scheduledTimeMs);
    const look = await engine.slices().look(0);
    expect(look?.workload).toMatchObject({ parked: 1, overdue: 1 });
    expect(look?.slices).toEqual([{ startMs: scheduledTimeMs - (scheduledTimeMs % 1_000), count: 1 }]);
    const waiting = { state: 'scheduled', dueMs: scheduledTimeMs, waitingFor: { reason: 'turn' } };
    expect(await engine.tasks.get('a', taskId)).toMatchObject(waiting);
    expect(await engine.tasks.cancel('a', taskId)).toMatchObject({ kind: 'cancelled' });
    expect(await engine.redis.exists(engine.keys.rotation, `${engine.keys.overduePrefix}a`)).toBe(0);
    expect(await claimAll(engine)).toEqual([]);
  });
});

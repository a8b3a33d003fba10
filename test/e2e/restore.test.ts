import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, resumeSession } from '@boomerang/client';
import { connectRedis } from '@boomerang/redis';
import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';
import { deadLettersOf } from './support/dead-letters.js';

const TASKS = 200;

let stack: TestStack;
let arrivals: Arrivals;
let folder: string;
let restored: RedisServer | undefined;
beforeEach(async () => {
  stack = await startStack();
  folder = await mkdtemp(join(tmpdir(), 'boomerang-restore-'));
  arrivals = await receiveCallbacks(stack.redis.redis, ({ text }) => {
    if (text === 'always fails') return { error: 'no' };
    return text === 'fails once' && arrivals.all.filter((arrival) => arrival.text === text).length === 1
      ? { error: 'not yet' }
      : undefined;
  });
});
afterEach(async () => {
  await arrivals?.close();
  await stack?.stop();
  await restored?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** How docs/operations.md says that a backup is made and restored. */
const ways = {
  RDB: {
    async backUp() {
      await stack.redis.redis.save();
      await cp(join(await dataFolder(), 'dump.rdb'), join(folder, 'dump.rdb'));
    },
    /** With an append-only file asked for and none there, Redis would start empty. */
    async restore(port: number) {
      const server = await startRedisServer({ port, dataDir: folder, args: ['--appendonly', 'no'] });
      const redis = await connectRedis({ url: server.url, name: 'restore' });
      await redis.config('SET', 'appendonly', 'yes');
      redis.disconnect();
      return server;
    },
  },
  AOF: {
    /** Redis is stopped for it, so that no rewrite replaces a file that is being copied. */
    async backUp() {
      const from = await dataFolder();
      await stack.redis.kill();
      await cp(join(from, 'appendonlydir'), join(folder, 'appendonlydir'), { recursive: true });
    },
    restore: (port: number) => startRedisServer({ port, dataDir: folder }),
  },
};

async function dataFolder(): Promise<string> {
  const [, path] = (await stack.redis.redis.config('GET', 'dir')) as [string, string];
  return path;
}

test.each(['RDB', 'AOF'] as const)(
  'what an %s backup holds comes to life in an empty Redis: nothing lost, nothing early',
  async (way) => {
    const session = await sessionOn(stack, {
      callback: http(arrivals),
      retry: { maxAttempts: 2, strategy: 'FIXED', intervalMs: 4_000 },
    });
    const dead = await session.setTimeout('always fails', 0);
    const retried = await session.setTimeout('fails once', 0);
    const recurring = await session.setInterval('recurring', 1_000);
    const ended = await session.setTimeout('ended', 0);
    const parked = await Promise.all(
      Array.from({ length: TASKS }, (_, i) => session.setTimeout('parked', 9_000 + i * 10)),
    );
    await arrivals.waitFor(1, ended.taskId);
    await waitFor(async () => (await deadLettersOf(stack, dead.taskId)).length === 1, {
      message: 'the dead letter',
    });

    await Promise.all(
      Object.values(stack.processes).flatMap((services) =>
        services.map((service) => service.kill('SIGTERM')),
      ),
    );
    const port = Number(new URL(stack.redis.url).port);
    await ways[way].backUp();
    await stack.redis.kill();
    const before = arrivals.all.length;
    restored = await ways[way].restore(port);
    await Promise.all(
      Object.values(stack.processes).flatMap((services) => services.map((service) => service.restart())),
    );

    for (const { taskId } of parked) await arrivals.waitFor(1, taskId, 30_000);
    await arrivals.waitFor(2, retried.taskId);
    await waitFor(() => arrivals.all.slice(before).some(({ taskId }) => taskId === recurring.taskId), {
      message: 'the recurring task to go on',
    });
    for (const { taskId } of parked) expect(arrivals.of(taskId)).toHaveLength(1);
    expect(arrivals.of(ended.taskId)).toHaveLength(1);
    for (const { occurrence, scheduledTimeMs } of arrivals.of(recurring.taskId)) {
      expect(scheduledTimeMs).toBe(recurring.scheduledTimeMs + (occurrence - 1) * 1_000);
    }
    expect(await deadLettersOf(stack, dead.taskId)).toMatchObject([{ attempts: 2 }]);
    const resumed = resumeSession(await connect({ port: stack.tcpPorts[0] as number }), session.sessionId);
    expect(await resumed.get(parked[0]?.taskId ?? '')).toMatchObject({ state: 'delivered' });
  },
);

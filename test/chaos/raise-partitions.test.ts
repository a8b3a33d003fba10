import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { partitionOf } from '@boomerang/domain';
import { startRedisProxy, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { type AckedTask, expectInPhase, expectNoRepeats, missingOccurrences } from './support/promises.js';
import { registerUntil } from './support/register-until.js';

const CLI = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const RECURRING = 10;
const INTERVAL_MS = 400;
/** Time for which load goes on between two steps, ms. */
const STEP_MS = 1_000;

let stack: TestStack;
let arrivals: Arrivals;
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
  arrivals = await receiveCallbacks(stack.redis.redis);
});
afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
});

function spawnRaise(count: number, redisPort = stack.redis.port): ChildProcess {
  const env = { ...process.env, BOOMERANG_REDIS_URL: `redis://127.0.0.1:${redisPort}` };
  return spawn(process.execPath, [CLI, 'client', 'partitions', 'raise', String(count)], { env });
}

async function raise(count: number): Promise<{ exitCode: number | null; said: string }> {
  const child = spawnRaise(count);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child, 'close');
  return { exitCode: child.exitCode, said };
}

/** The command dies when Redis has executed its first write. */
async function raiseAndDie(count: number): Promise<void> {
  const proxy = await startRedisProxy(stack.redis.port);
  const child = spawnRaise(count, proxy.port);
  let struck = false;
  proxy.intercept = ({ args }) => {
    if (String(args[0]).toLowerCase() !== 'sadd') return undefined;
    return {
      when: 'after',
      async strike() {
        struck = true;
        child.kill('SIGKILL');
        return 'drop';
      },
    };
  };
  await once(child, 'close');
  proxy.close();
  expect(struck).toBe(true);
}

const replace = async (service: 'gateway' | 'scheduler' | 'worker', i: number) => {
  await stack.processes[service][i]?.kill('SIGTERM');
  await stack.processes[service][i]?.restart();
};
const partitionsOf = (tasks: readonly AckedTask[]) =>
  new Set(tasks.map(({ taskId }) => partitionOf(taskId) as number));

test('4 partitions become 8 under load, with a command that dies half-way: nothing is lost, doubled or early', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const recurring = await Promise.all(
    Array.from({ length: RECURRING }, async () => {
      return { ...(await session.setInterval('again', INTERVAL_MS)), intervalMs: INTERVAL_MS };
    }),
  );
  const stop = new AbortController();
  const registering = stack.tcpPorts.map((port) => registerUntil(stop.signal, session.sessionId, port));
  const contesting = stack.tcpPorts.map((port) =>
    registerUntil(stop.signal, session.sessionId, port, (session, n) =>
      session.setTimeout('contested', 700, { idempotencyKey: `contested ${n}` }),
    ),
  );

  await raiseAndDie(8);
  await sleep(STEP_MS);
  const first = await raise(8);
  expect(first).toEqual({ exitCode: 1, said: expect.stringContaining('4 of them ran before') });
  expect(first.said.match(/-wakes at 127\.0\.0\.1:\d+ looks after 4 of 8/g)).toHaveLength(4);
  await replace('scheduler', 0);
  await replace('worker', 0);
  expect(await raise(8)).toEqual({ exitCode: 1, said: expect.stringContaining('2 of them ran before') });
  await sleep(STEP_MS);
  await replace('scheduler', 1);
  await replace('worker', 1);
  const last = () => raise(8).then(({ exitCode }) => exitCode === 0);
  await waitFor(last, { timeoutMs: 20_000, message: 'the second step' });
  await replace('gateway', 0);
  await sleep(2 * STEP_MS);

  // Of two gateways that know different counts each finds what the other has registered.
  const far = await sessionOn(stack, { callback: http(arrivals) });
  const parked = await Promise.all(Array.from({ length: 600 }, () => far.setTimeout('parked', 3_600_000)));
  expect(partitionsOf(parked.map((task) => ({ ...task, intervalMs: 0 })))).toEqual(
    new Set([0, 1, 2, 3, 4, 5, 6, 7]),
  );
  const old = await sessionOn(stack, { callback: http(arrivals) }, 1);
  const listed: string[] = [];
  for (let nextToken: string | undefined, first = true; first || nextToken; first = false) {
    const page = await old.list({
      scheduledAfterMs: parked[0]?.scheduledTimeMs as number,
      limit: 100,
      ...(nextToken && { nextToken }),
    });
    listed.push(...page.tasks.map(({ taskId }) => taskId));
    nextToken = page.nextToken;
  }
  expect(listed.sort()).toEqual(parked.map(({ taskId }) => taskId).sort());
  for (const { taskId } of parked) await old.cancel(taskId);
  const keys = Array.from({ length: 200 }, (_, n) => ({ idempotencyKey: `at once ${n}` }));
  const [taken, alsoTaken] = await Promise.all(
    [far, old].map((each) => Promise.all(keys.map((key) => each.setTimeout('contested', 700, key)))),
  );
  expect(taken).toEqual(alsoTaken);

  stop.abort();
  const [byFirst, bySecond] = (await Promise.all(registering)) as [AckedTask[], AckedTask[]];
  expect(partitionsOf(byFirst)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(partitionsOf(bySecond)).toEqual(new Set([0, 1, 2, 3]));
  const [contested, alsoContested] = (await Promise.all(contesting)) as [AckedTask[], AckedTask[]];
  const both = Math.min(contested.length, alsoContested.length);
  expect(both).toBeGreaterThan(100);
  expect(contested.slice(0, both)).toEqual(alsoContested.slice(0, both));
  await Promise.all(recurring.map(({ taskId }) => old.cancel(taskId)));
  await untilNothingIsLeft(stack);
  expectNoRepeats(arrivals.all);
  const seen = new Set(arrivals.all.map(({ taskId }) => taskId));
  expect(
    [...byFirst, ...bySecond, ...contested, ...alsoContested].filter(({ taskId }) => !seen.has(taskId)),
  ).toEqual([]);
  const ofContested = new Set(
    arrivals.all.filter(({ text }) => text === 'contested').map(({ taskId }) => taskId),
  );
  expect(ofContested.size).toBe(Math.max(contested.length, alsoContested.length) + keys.length);
  for (const task of recurring) {
    expectInPhase(task, arrivals.all);
    expect(missingOccurrences(task, arrivals.all)).toEqual([]);
  }
}, 180_000);

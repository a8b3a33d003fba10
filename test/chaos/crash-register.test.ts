import { type FaultPlan, script, startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Arrivals,
  expectNoneEarly,
  http,
  receiveCallbacks,
  sessionOn,
} from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { type Circumstances, circumstancesOf, describeCircumstances } from './support/matrix.js';
import { expectNoRepeats } from './support/promises.js';

const TASKS = 8;
const INTERVAL_MS = 300;

const POINTS: readonly { name: string; when: FaultPlan['when']; promise: string }[] = [
  { name: 'before the write', when: 'before', promise: 'nothing was registered' },
  { name: 'after the write, before the ack', when: 'after', promise: 'what was written comes' },
];
const runs = POINTS.flatMap((point, n) =>
  circumstancesOf(n + 1).map((circumstances) => ({
    ...point,
    circumstances,
    given: describeCircumstances(circumstances),
  })),
);

describe.each([1, 2] as const)('with %d of every service', (count) => {
  let stack: TestStack;
  let arrivals: Arrivals;
  beforeAll(async () => {
    const counts = { gateway: count, scheduler: count, worker: count };
    stack = await startStack({ counts, proxied: true });
    arrivals = await receiveCallbacks(stack.redis.redis);
  });
  afterAll(async () => {
    await arrivals?.close();
    await stack?.stop();
  });

  const here = runs.filter(({ circumstances }) => circumstances.count === count);
  const named = here.map(
    (run) => [`${run.name} acks nothing, and ${run.promise}: ${run.given}`, run] as const,
  );
  test.each(named)('a gateway that dies %s', async (_, run) => {
    const mark = `${run.when}, ${run.given}`;
    const retry = { maxAttempts: run.circumstances.maxAttempts };
    const session = await sessionOn(stack, { callback: http(arrivals), retry });
    const register = (text: string) =>
      run.circumstances.kind === 'one-shot'
        ? session.setTimeout(text, INTERVAL_MS)
        : session.setInterval(text, INTERVAL_MS);
    const acked = await register(`${mark}: acked`);
    const command = script('register', `${mark}: doubtful`);
    const fault = stack.arm('gateway', { command, when: run.when, strike: 'SIGKILL' });
    const doubtful = await Promise.allSettled(
      Array.from({ length: TASKS }, () => register(`${mark}: doubtful`)),
    );
    const gateway = await fault.struck();
    fault.disarm();
    await gateway.restart();
    expect(doubtful.map(({ status }) => status)).toEqual(Array(TASKS).fill('rejected'));
    await arrivals.waitFor(1, acked.taskId);
    await endAll(run.circumstances);
    const came = arrivals.all.filter(({ text }) => text === `${mark}: doubtful`);
    expect(came.length > 0).toBe(run.when === 'after');
    expectNoRepeats(arrivals.all);
    expectNoneEarly(arrivals.all);
  });

  /** What recurs is listed, though its id was told nobody, and cancelled after its first occurrence. */
  async function endAll({ kind }: Circumstances): Promise<void> {
    const session = await sessionOn(stack, { callback: http(arrivals) }, count - 1);
    const { tasks } = kind === 'recurring' ? await session.list() : { tasks: [] };
    for (const { taskId } of tasks) {
      await arrivals.waitFor(1, taskId);
      await session.cancel(taskId);
    }
    await untilNothingIsLeft(stack);
  }
});

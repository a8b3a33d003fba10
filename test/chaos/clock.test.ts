import type { Session } from '@boomerang/client';
import { createFakeClock, type FakeClock, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Arrivals,
  expectNoneEarly,
  http,
  receiveCallbacks,
  sessionOn,
} from '../e2e/support/arrivals.js';
import { untilNothingIsLeft } from './support/leftovers.js';
import { expectInPhase, expectNoRepeats, missingOccurrences } from './support/promises.js';

const HOUR_S = 3_600;
const NAMES = ['gateway', 'scheduler', 'worker'] as const;
const TASKS = 40;
/** From due to arrival, on a machine under load. Usual are a few. */
const LATE_MS = 5_000;

let clocks: Record<(typeof NAMES)[number], FakeClock[]>;
let whyNot: string | undefined;
let stack: TestStack;
let arrivals: Arrivals;
let session: Session;
beforeAll(async () => {
  try {
    // Of each service one that is ahead and one that is behind.
    const pair = () => Promise.all([HOUR_S, -HOUR_S].map(createFakeClock));
    clocks = { gateway: await pair(), scheduler: await pair(), worker: await pair() };
  } catch (error) {
    whyNot = `clocks can't be faked here: ${(error as Error).message}`;
    console.warn(whyNot);
    return;
  }
  const env = Object.fromEntries(NAMES.map((name) => [name, clocks[name].map((clock) => clock.env)]));
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 }, env });
  arrivals = await receiveCallbacks(stack.redis.redis);
  session = await sessionOn(stack, { callback: http(arrivals) });
}, 180_000);
afterAll(async () => {
  await arrivals?.close();
  // In order: a process that is killed leaves the shared memory of the library that fakes its clock behind.
  await Promise.all(
    NAMES.flatMap((name) => stack?.processes[name] ?? []).map((service) => service.kill('SIGTERM')),
  );
  await stack?.stop();
  for (const clock of Object.values(clocks ?? {}).flat()) await clock.remove();
});

beforeEach(({ skip }) => {
  if (whyNot !== undefined) skip(whyNot);
});

/** Sets each service's clock and waits until it shows so. */
async function setClocks(offsets: readonly number[]): Promise<void> {
  await Promise.all(
    NAMES.flatMap((name) =>
      clocks[name].map(async (clock, i) => {
        const wanted = offsets[i] as number;
        await clock.set(wanted);
        const shown = async () => Math.abs((await aheadS(stack.httpPorts[name][i] as number)) - wanted) < 30;
        await waitFor(shown, { message: `the clock of ${name} ${i} to be ${wanted} s ahead` });
      }),
    ),
  );
}

/** How far a service's clock is ahead, by the date of its answers. */
async function aheadS(httpPort: number): Promise<number> {
  const { headers } = await fetch(`http://127.0.0.1:${httpPort}/livez`);
  return (Date.parse(headers.get('date') ?? '') - Date.now()) / 1_000;
}

/** Tasks over the next seconds; `meanwhile` happens before most are due. How late the latest was, ms. */
async function deliverAll(meanwhile: () => Promise<unknown>): Promise<number> {
  const tasks = await Promise.all(
    Array.from({ length: TASKS }, (_, i) => session.setTimeout('once', 300 + i * 60)),
  );
  await meanwhile();
  for (const { taskId } of tasks) await arrivals.waitFor(1, taskId);
  const lateness = tasks.map(({ taskId, scheduledTimeMs }) => {
    const [arrival, ...more] = arrivals.of(taskId);
    expect(more).toEqual([]);
    return (arrival?.redisMs ?? 0) - scheduledTimeMs;
  });
  return Math.max(...lateness);
}

test.each<[string, readonly [number, number]]>([
  ['start an hour ahead and an hour behind', [HOUR_S, -HOUR_S]],
  ['are set to the opposite while they run', [-HOUR_S, HOUR_S]],
  ['are all set an hour ahead', [HOUR_S, HOUR_S]],
  ['are all set an hour behind', [-HOUR_S, -HOUR_S]],
  ['are set right', [0, 0]],
])('hosts whose clocks %s: nothing is early, lost or doubled, and hardly late', async (_, offsets) => {
  const recurring = { ...(await session.setInterval('again', 300)), intervalMs: 300 };
  expect(await deliverAll(() => setClocks(offsets))).toBeLessThan(LATE_MS);
  await session.cancel(recurring.taskId);
  await untilNothingIsLeft(stack);
  expectNoneEarly(arrivals.all);
  expectNoRepeats(arrivals.all);
  expectInPhase(recurring, arrivals.all);
  expect(missingOccurrences(recurring, arrivals.all)).toEqual([]);
});

import type { Session } from '@boomerang/client';
import { redisNow, type ServiceHandle, type TestStack, waitFor } from '@boomerang/testkit';
import { expect } from 'vitest';
import {
  type Arrivals,
  expectNoneEarly,
  http,
  receiveCallbacks,
  sessionOn,
} from '../../e2e/support/arrivals.js';
import { deadLettersOf } from '../../e2e/support/dead-letters.js';
import type { Crash, CrashPoint } from './crash-points.js';
import { untilNothingIsLeft } from './leftovers.js';
import type { Circumstances } from './matrix.js';
import {
  type AckedTask,
  expectAttemptsInOrder,
  expectInPhase,
  expectNoRepeats,
  missingOccurrences,
} from './promises.js';

const TASKS = 12;
const INTERVAL_MS = 400;
/** Of each recurring task, after the crash. */
const OCCURRENCES_AFTER = 3;
/** A request that the process sent before its death may be read a little after it. */
const READ_LATE_MS = 300;
const MARK = 'crash';

/** One point under some circumstances. */
interface Run {
  readonly stack: TestStack;
  readonly point: CrashPoint;
  readonly circumstances: Circumstances;
  readonly session: Session;
  readonly arrivals: Arrivals;
}

/** Registers tasks, crashes a service at the point, and holds all that follows against what is promised. */
export async function crashAt(
  stack: TestStack,
  point: CrashPoint,
  circumstances: Circumstances,
): Promise<void> {
  const [armed, struck] = [new Milestone<void>(), new Milestone<ServiceHandle>()];
  const crash: Crash = { armed: armed.reached, struck: struck.reached };
  const arrivals = await receiveCallbacks(stack.redis.redis, () =>
    point.deadLetters ? { httpStatus: 500 } : point.verdict?.(crash),
  );
  const plan = point.fault(MARK);
  const retry = { maxAttempts: circumstances.maxAttempts, strategy: 'FIXED', intervalMs: 50 } as const;
  const session = await sessionOn(stack, { callback: http(arrivals), retry });
  const run: Run = { stack, point, circumstances, session, arrivals };
  const arming = point.arm
    ? point.arm(stack, plan, () => arrivals.waitFor(1))
    : Promise.resolve(stack.arm(point.service, plan));
  try {
    const tasks = await register(run);
    const fault = await arming;
    armed.reach();
    const victim = await fault.struck();
    fault.disarm();
    struck.reach(victim);
    const struckAt = await redisNow(stack.redis.redis);
    if (circumstances.count === 1 && !victim.running) await victim.restart();
    await untilAllEnded(run, tasks, struckAt);
    await expectPromisesKept(run, tasks, struckAt);
  } catch (error) {
    await cancelAll(stack);
    throw error;
  } finally {
    await reviveAll(stack);
    await arrivals.close();
  }
}

async function register({ point, circumstances, session }: Run): Promise<AckedTask[]> {
  const { delayMs = 300, spreadMs = 30 } = point;
  const registering = Array.from({ length: TASKS }, async (_, i) => {
    const first = delayMs + i * spreadMs;
    const once = circumstances.kind === 'one-shot';
    const intervalMs = once ? 0 : INTERVAL_MS;
    const registration = once
      ? session.setTimeout(MARK, first)
      : session.setInterval(MARK, intervalMs, { delayMs: first });
    return { ...(await registration), intervalMs };
  });
  return Promise.all(registering);
}

async function untilAllEnded(run: Run, tasks: readonly AckedTask[], struckAt: number): Promise<void> {
  if (run.circumstances.kind === 'recurring') {
    for (const task of tasks) {
      const after = () => run.arrivals.of(task.taskId).filter(({ redisMs }) => redisMs > struckAt);
      const goesOn = () =>
        new Set(after().map(({ occurrence }) => occurrence)).size >= OCCURRENCES_AFTER &&
        missingOccurrences(task, run.arrivals.all).length === 0;
      await waitFor(goesOn, { timeoutMs: 30_000, message: `${task.taskId} to go on` });
      if (!run.point.deadLetters) continue;
      const parked = async () => (await deadLettersOf(run.stack, task.taskId)).length >= OCCURRENCES_AFTER;
      await waitFor(parked, { message: `dead letters of ${task.taskId}` });
    }
    await Promise.all(tasks.map(({ taskId }) => run.session.cancel(taskId)));
  }
  await untilNothingIsLeft(run.stack);
}

async function expectPromisesKept(run: Run, tasks: readonly AckedTask[], struckAt: number): Promise<void> {
  const { stack, point, circumstances, arrivals, session } = run;
  expectNoneEarly(arrivals.all);
  expectAttemptsInOrder(arrivals.all);
  const acknowledges = !point.deadLetters;
  if (acknowledges) expectNoRepeats(arrivals.all, point.repeats ? struckAt + READ_LATE_MS : 0);
  for (const task of tasks) {
    const letters = await deadLettersOf(stack, task.taskId);
    const occurrences = letters.map(({ occurrence }) => occurrence);
    expect(new Set(occurrences).size, 'one dead letter for an occurrence').toBe(occurrences.length);
    for (const { attempts } of letters) expect(attempts).toBeGreaterThanOrEqual(circumstances.maxAttempts);
    if (acknowledges) expect(letters).toEqual([]);
    const { state } = await session.get(task.taskId);
    if (circumstances.kind === 'recurring') {
      expect(state).toBe('cancelled');
      expectInPhase(task, arrivals.all);
    } else {
      expect(state).toBe(acknowledges ? 'delivered' : 'dead_lettered');
      expect(letters).toHaveLength(acknowledges ? 0 : 1);
    }
  }
}

/** What a failed run leaves would fail the next one. */
async function cancelAll(stack: TestStack): Promise<void> {
  await reviveAll(stack);
  const session = await sessionOn(stack, {});
  for (const { taskId } of (await session.list()).tasks) await session.cancel(taskId).catch(() => undefined);
}

async function reviveAll({ processes }: TestStack): Promise<void> {
  const dead = Object.values(processes).flatMap((services) => services.filter(({ running }) => !running));
  await Promise.all(dead.map((service) => service.restart()));
}

/** Something that is waited for. */
class Milestone<T> {
  reach: (value: T) => void = () => undefined;
  readonly reached = new Promise<T>((resolve) => {
    this.reach = resolve;
  });
}

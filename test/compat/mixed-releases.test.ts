import { setTimeout as sleep } from 'node:timers/promises';
import { connect, resumeSession, type Session } from '@boomerang/client';
import { createClientDirectory, revokeKey } from '@boomerang/redis';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { untilNothingIsLeft } from '../chaos/support/leftovers.js';
import {
  type AckedTask,
  byOccurrence,
  expectAttemptsInOrder,
  expectInPhase,
  missingOccurrences,
} from '../chaos/support/promises.js';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { buildOlderRelease, type OlderRelease, oldestSupportedRelease } from './support/older-release.js';

const BUILD_MS = 300_000;

const ONE_SHOT = 200;
const REFUSED_ONCE = 20;
const LONGEST_DELAY_MS = 3_000;
const RECURRING = 5;
const PARKED = 20;
const INTERVAL_MS = 300;

type Build = 'old' | 'new';
type ServiceName = keyof TestStack['processes'];

let release: OlderRelease | { readonly missing: string };
let stack: TestStack;
let arrivals: Arrivals;
/** Whether what is called `parked` is refused. */
let parking: boolean;
beforeAll(async () => {
  const asked = process.env.BOOMERANG_COMPAT_REF;
  release = await buildOlderRelease(asked ?? oldestSupportedRelease());
  if (!('missing' in release)) return;
  if (asked) throw new Error(release.missing);
  process.stderr.write(`skipped: ${release.missing}\n`);
}, BUILD_MS);
beforeEach(({ skip }) => {
  if ('missing' in release) skip(release.missing);
});
afterEach(async () => {
  await arrivals?.close();
  await stack?.stop();
});

/** A stack of which each service is there once for each build named. */
async function startMixed(builds: Readonly<Record<ServiceName, readonly Build[]>>): Promise<void> {
  const { program } = release as OlderRelease;
  const counts = {
    gateway: builds.gateway.length,
    scheduler: builds.scheduler.length,
    worker: builds.worker.length,
  };
  stack = await startStack({
    counts,
    program: (name, index) => (builds[name][index] === 'old' ? program(name, index) : undefined),
  });
  parking = true;
  arrivals = await receiveCallbacks(stack.redis.redis, ({ text, attempt }) => {
    const refused = (text === 'refused once' && attempt === 1) || (text === 'parked' && parking);
    return refused ? { httpStatus: 500 } : undefined;
  });
}

/** Registers tasks of all kinds; with several gateways, each in the session that another one opened. */
async function registerAll(): Promise<{ once: AckedTask[]; recurring: AckedTask[] }> {
  const options = { callback: http(arrivals), retry: { intervalMs: 200 } };
  const opened = await Promise.all(stack.tcpPorts.map((_, i) => sessionOn(stack, options, i)));
  const sessions: Session[] = await Promise.all(
    stack.tcpPorts.map(async (port, i) =>
      resumeSession(await connect({ port }), (opened.at(i - 1) as Session).sessionId),
    ),
  );
  const session = (i: number) => sessions[i % sessions.length] as Session;
  const once = Array.from({ length: ONE_SHOT }, async (_, i) => {
    const text = i < REFUSED_ONCE ? 'refused once' : 'once';
    return { ...(await session(i).setTimeout(text, (i * 37) % LONGEST_DELAY_MS)), intervalMs: 0 };
  });
  const recurring = Array.from({ length: RECURRING }, async (_, i) => {
    return { ...(await session(i).setInterval('again', INTERVAL_MS)), intervalMs: INTERVAL_MS };
  });
  const cancelled = await Promise.all(
    Array.from({ length: 10 }, (_, i) => session(i).setTimeout('cancelled', LONGEST_DELAY_MS)),
  );
  await Promise.all(cancelled.map(({ taskId }, i) => session(i + 1).cancel(taskId)));
  return { once: await Promise.all(once), recurring: await Promise.all(recurring) };
}

const times = <T>(count: number, what: () => T): T[] => Array.from({ length: count }, what);

async function expectAllDelivered({ once, recurring }: Awaited<ReturnType<typeof registerAll>>) {
  await arrivals.waitFor(ONE_SHOT + REFUSED_ONCE + RECURRING * 10, undefined, 30_000);
  const last = await sessionOn(stack, { callback: http(arrivals) }, stack.tcpPorts.length - 1);
  expect((await last.list()).tasks.length).toBeGreaterThanOrEqual(RECURRING);
  await Promise.all(recurring.map(({ taskId }) => last.cancel(taskId)));
  await untilNothingIsLeft(stack);
  expectAttemptsInOrder(arrivals.all);
  for (const { taskId } of once) {
    const [first, ...more] = arrivals.of(taskId);
    expect(more.length, `${taskId} ${first?.text}`).toBe(first?.text === 'refused once' ? 1 : 0);
  }
  for (const task of recurring) {
    expectInPhase(task, arrivals.all);
    expect(missingOccurrences(task, arrivals.all)).toEqual([]);
  }
  const repeated = [...byOccurrence(arrivals.all).values()].filter((group) => group.length > 1);
  expect(repeated.length).toBe(REFUSED_ONCE);
  expect(arrivals.all.filter(({ text }) => text === 'cancelled')).toEqual([]);
}

test.each<[string, Record<ServiceName, Build[]>]>([
  ['an old gateway, the rest new', { gateway: ['old'], scheduler: ['new'], worker: ['new'] }],
  ['a new gateway, the rest old', { gateway: ['new'], scheduler: ['old'], worker: ['old'] }],
])('%s: all is delivered once, nothing early', async (_, builds) => {
  await startMixed(builds);
  await expectAllDelivered(await registerAll());
});

test('dead letters are replayed by gateways of both, delivered by workers of both, and tell so', async () => {
  const both: Build[] = ['old', 'new'];
  await startMixed({ gateway: both, scheduler: both, worker: both });
  const options = { callback: http(arrivals), retry: { maxAttempts: 1 } };
  const sessions = await Promise.all(both.map((_, gateway) => sessionOn(stack, options, gateway)));
  const [one, other] = sessions as [Session, Session];
  await Promise.all(sessions.flatMap((session) => times(PARKED, () => session.setTimeout('parked', 100))));
  const letters = async () => (await one.deadLetters.list({ limit: 1_000 })).deadLetters;
  await expect.poll(letters, { timeout: 15_000 }).toHaveLength(2 * PARKED);
  parking = false;
  const ids = (await letters()).map(({ deadLetterId }) => deadLetterId);
  const replays = [
    await one.deadLetters.replay({ ids: ids.slice(0, PARKED) }),
    await other.deadLetters.replay({ ids: ids.slice(PARKED) }),
  ].flatMap(({ replayed }) => replayed);
  await Promise.all(replays.map(({ taskId }) => arrivals.waitFor(1, taskId)));
  await untilNothingIsLeft(stack);
  for (const [i, { taskId }] of replays.entries()) {
    for (const session of sessions) expect(await session.get(taskId)).toMatchObject({ replayOf: ids[i] });
  }
});

test('old and new of each, then the old ones leave: all is delivered once, nothing early', async () => {
  const both: Build[] = ['old', 'new'];
  await startMixed({ gateway: both, scheduler: both, worker: both });
  const tasks = await registerAll();
  await sleep(LONGEST_DELAY_MS / 3);
  for (const name of ['gateway', 'scheduler', 'worker'] as const) {
    const [old] = stack.processes[name];
    await old?.kill('SIGTERM');
    expect(old?.exitCode, old?.logs()).toBe(0);
  }
  await expectAllDelivered(tasks);
});

test('an old gateway takes keys of this release, and refuses them once they are revoked or expired', async () => {
  await startMixed({ gateway: ['old', 'new'], scheduler: ['new'], worker: ['new'] });
  const directory = createClientDirectory(stack.redis.redis, stack.keyPepper);
  await directory.create('shop');
  const expiresAtMs = Date.now() + 2_000;
  const [lasting, brief] = [await directory.addKey('shop'), await directory.addKey('shop', { expiresAtMs })];
  for (const token of [lasting, brief]) {
    const opened = await sessionOn(stack, { token, callback: http(arrivals) });
    // A session of either release serves on both.
    await resumeSession(await connect({ port: stack.tcpPorts[1] as number }), opened.sessionId).list();
  }
  await revokeKey(stack.redis.redis, 'shop', lasting.split('_')[1] as string);
  await sleep(expiresAtMs - Date.now() + 100);
  for (const token of [lasting, brief]) {
    await expect(sessionOn(stack, { token, callback: http(arrivals) })).rejects.toMatchObject({
      status: 'UNAUTHORIZED',
    });
  }
});

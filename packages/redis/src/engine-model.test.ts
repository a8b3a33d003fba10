import { type DeadLetter, type OccurrenceStore, parseDeadLetterId, type Settlement } from '@boomerang/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineModel } from '../test-support/engine-model.js';
import {
  allReadable,
  aPolicy,
  DELIVERED,
  failure,
  LEASE_MS,
  SETTINGS,
  startTestEngine,
  type TestEngine,
} from '../test-support/test-engine.js';
import { readDeadLetters } from './dead-letters.js';
import { openEngine } from './engine.js';
import { createOccurrenceStore } from './occurrence-store.js';

const CLIENTS = ['shop', 'bank'];
const POLICIES = [aPolicy(), aPolicy()];
/** Ahead of, or behind, Redis's clock. What is due in 0 ms is due at once, at a time that only the script knows. */
const ms = fc.constantFrom(0, 900, 5_000, 60_000);
const pick = fc.nat(1_000);
const outcome = fc.constantFrom<Settlement['kind']>(
  ...(['delivered', 'sent', 'stop', 'retry', 'dead_letter', 'give_back'] as const),
);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant('register' as const), pick, ms, fc.constantFrom(0, 900, 5_000)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('cancel' as const), pick, fc.boolean()) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('claim' as const), pick, ms, fc.integer({ min: 1, max: 6 })) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('settle' as const),
      fc.array(pick, { minLength: 1, maxLength: 4 }),
      outcome,
      ms,
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('renew' as const), pick) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('lose' as const), pick) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('replay' as const), pick, ms) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('fallBehind' as const), pick, ms) },
);
let engine: TestEngine;
let workers: OccurrenceStore[];
let disconnect: () => void;
beforeAll(async () => {
  engine = await startTestEngine();
  const { url } = engine.server;
  const second = await openEngine({ url, name: 'second-worker', partitions: 1, onError: () => undefined });
  disconnect = () => second.close();
  workers = [
    engine.occurrences,
    createOccurrenceStore(second, { ...SETTINGS, leaseMs: LEASE_MS }, allReadable),
  ];
});
afterAll(async () => {
  disconnect();
  await engine.stop();
});

const at = <T>(list: readonly T[], n: number) => list[n % list.length] as T;

/** When `member` is due that was made due at once after `beforeMs`. */
async function dueSince(beforeMs: number, member: string): Promise<number> {
  const score = Number(await engine.redis.zscore(engine.keys.due, member));
  expect(score).toBeGreaterThanOrEqual(beforeMs);
  expect(score).toBeLessThanOrEqual(Math.ceil(await engine.now()));
  return score;
}

const steps = {
  async register(model: EngineModel, n: number, delayMs: number, interval: number) {
    const [client, policy] = [at(CLIENTS, n), n % POLICIES.length];
    const request = { payload: Buffer.from(String(n)), delayMs, repeatIntervalMs: interval };
    const { taskId: id, scheduledTimeMs: first } = await engine.tasks.register(
      client,
      at(POLICIES, policy),
      request,
    );
    model.tasks.push({
      id,
      client,
      policy,
      interval,
      first,
      next: 1,
      listedAt: first,
      attempted: false,
      state: 'live',
    });
    model.due.set(id, first);
  },

  async replay(model: EngineModel, n: number, delayMs: number) {
    if (model.deadLetters.length === 0) return;
    const letter = at(await allDeadLetters(), n);
    const [id, { client, policy }] = [parseDeadLetterId(letter.id), model.taskOf(letter.taskId)];
    if (!id) throw new Error(`${letter.id} is no dead letter's id`);
    const options = { callback: undefined, evenNotForwarded: false, startMs: 0 };
    const [outcome] = await engine.deadLetters.replay(client, [{ id, delayMs }], options);
    if (outcome?.kind !== 'replayed') throw new Error(`the replay is ${outcome?.kind}`);
    const { taskId, scheduledTimeMs: first } = outcome;
    model.deadLetters.splice(n % model.deadLetters.length, 1);
    model.tasks.push({
      id: taskId,
      client,
      policy,
      interval: 0,
      first,
      next: 1,
      listedAt: first,
      attempted: false,
      state: 'live',
    });
    model.due.set(taskId, first);
  },

  async cancel(model: EngineModel, n: number, asStranger: boolean) {
    if (model.tasks.length === 0) return;
    const task = at(model.tasks, n);
    const answer = await engine.tasks.cancel(asStranger ? 'stranger' : task.client, task.id);
    if (asStranger) return expect(answer).toEqual({ kind: 'not_found' });
    if (task.state !== 'live') return expect(answer).toEqual({ kind: 'ended', state: task.state });
    expect(answer).toEqual({ kind: 'cancelled', attemptUnderWay: model.held(task).length > 0 });
    model.cancel(task);
  },

  async claim(model: EngineModel, n: number, aheadMs: number, limit: number) {
    const { claimed, nowMs } = await at(workers, n).claim(0, limit, aheadMs);
    const members = model.dueUntil(Math.floor(nowMs) + aheadMs).slice(0, limit);
    const expected = members.flatMap((member) => model.claim(member, Math.floor(nowMs)) ?? []);
    expect(claimed).toMatchObject(
      expected.map(({ occurrence: { task, number, scheduled, attempts, failed }, dueMs }) => ({
        ...{ taskId: task.id, clientId: task.client, policy: at(POLICIES, task.policy), dueMs },
        ...{ occurrence: number, attempt: attempts, scheduledTimeMs: scheduled },
        history: failed.map((attempt) => ({ attempt })),
      })),
    );
    expected.forEach(({ occurrence }, i) => {
      occurrence.holder = claimed[i];
    });
    model.claimed.push(...claimed);
  },

  /** Settles what was ever claimed: often with tokens that are not the current ones any more. */
  async settle(model: EngineModel, picks: number[], kind: Settlement['kind'], delayMs: number) {
    if (model.claimed.length === 0) return;
    const claims = [...new Set(picks.map((n) => at(model.claimed, n)))];
    const now = await engine.now();
    const dueMs = delayMs === 0 ? 0 : Math.ceil(now) + delayMs;
    const requests = claims.map((occurrence) => {
      const settlement = {
        ...DELIVERED,
        kind,
        dueMs,
        failure: failure(occurrence.attempt),
        reason: 'not_sent',
      };
      return { occurrence, settlement: settlement as Settlement };
    });
    const current = claims.map((claim) => model.isCurrent(claim));
    expect(await at(workers, picks.length).settle(0, requests)).toEqual(current);
    for (const claim of claims.filter((_, i) => current[i])) {
      const comesBack =
        model.taskOf(claim.member).state === 'live' && (kind === 'retry' || kind === 'give_back');
      model.settle(claim, kind, comesBack && dueMs === 0 ? await dueSince(now, claim.member) : dueMs);
    }
  },

  async renew(model: EngineModel, n: number) {
    if (model.claimed.length === 0) return;
    const claim = at(model.claimed, n);
    const held = model.isCurrent(claim) && model.taskOf(claim.member).state === 'live';
    expect(await at(workers, n).renew(0, [claim])).toEqual([held]);
  },

  async lose(model: EngineModel, n: number) {
    const held = model.claimed.filter((claim) => model.isCurrent(claim));
    if (held.length === 0) return;
    const { member, attempt } = at(held, n);
    await engine.redis.zadd(engine.keys.leases, 'XX', 1, member);
    const now = await engine.now();
    expect(await engine.slices().recoverLost(0, now)).toBe(1);
    if (model.taskOf(member).state !== 'live') return model.occurrences.delete(member);
    model.fail(member, attempt);
    model.backToDueIndex(member, await dueSince(now, member));
  },

  /** Moves a recurring task into the past, as if nobody had claimed anything for a while. */
  async fallBehind(model: EngineModel, n: number, byMs: number) {
    const recurring = model.tasks.filter(({ state, interval }) => state === 'live' && interval > 0);
    if (recurring.length === 0) return;
    const task = at(recurring, n);
    const key = engine.keys.recordPrefix + task.id;
    const record = (await engine.redis.getBuffer(key)) as Buffer;
    task.first -= byMs;
    task.listedAt -= byMs;
    model.due.set(task.id, task.listedAt);
    record.writeUIntBE(task.first, 1, 6);
    await engine.redis.set(key, record);
    await engine.redis.zadd(engine.keys.due, task.listedAt, task.id);
    await engine.redis.zadd(engine.keys.clientPrefix + task.client, task.listedAt, task.id);
  },
};

/** All that the engine holds, against the model. */
async function compare(model: EngineModel): Promise<void> {
  const { due, leases, occurrences, policyRefs, policies, clientPrefix, latestAttempts } = engine.keys;
  const read = engine.redis.pipeline().zrange(due, '0', '-1', 'WITHSCORES').zrange(leases, '0', '-1');
  read.hkeys(occurrences).hvals(policyRefs).hlen(policies).hkeys(latestAttempts);
  for (const client of CLIENTS) read.zrange(clientPrefix + client, '0', '-1', 'WITHSCORES');
  const replies = (await read.exec())?.map(([, reply]) => (Array.isArray(reply) ? reply.toSorted() : reply));
  const live = model.tasks.filter(({ state }) => state === 'live');
  const uses = POLICIES.map((_, i) => live.filter(({ policy }) => policy === i).length).filter(
    (count) => count > 0,
  );
  const members = [...model.occurrences.keys()];
  const listed = CLIENTS.map((name) => live.filter(({ client }) => client === name));
  expect(replies).toEqual([
    [...model.due].flat().map(String).toSorted(),
    members.filter((member) => model.occurrences.get(member)?.holder).toSorted(),
    members.toSorted(),
    uses.map(String).toSorted(),
    uses.length,
    live
      .filter(({ attempted }) => attempted)
      .map(({ id }) => id)
      .toSorted(),
    ...listed.map((tasks) => tasks.flatMap(({ id, listedAt }) => [id, String(listedAt)]).toSorted()),
  ]);
  const letters = await allDeadLetters();
  expect(
    letters.map(
      ({ taskId, occurrence, history }) => `${taskId}:${occurrence} ${history.map(({ attempt }) => attempt)}`,
    ),
  ).toEqual(model.deadLetters);
  for (const client of CLIENTS) {
    const indexed = await engine.redis.xrange(engine.keys.deadLetterPrefix + client, '-', '+');
    const own = letters.filter(({ clientId }) => clientId === client).map(({ id }) => id);
    expect(indexed.map(([entryId]) => `0-${entryId}`)).toEqual(own);
  }
}

async function allDeadLetters(): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of readDeadLetters(engine.redis, engine.partitions)) letters.push(letter);
  return letters;
}

/** Ends everything. Then only ended records may be left, and they with a lifetime. */
async function endAll(model: EngineModel): Promise<void> {
  for (const [n, task] of model.tasks.entries()) if (task.interval > 0) await steps.cancel(model, n, false);
  while (model.due.size > 0 || model.occurrences.size > 0) {
    await steps.claim(model, 0, 120_000, 256);
    await steps.settle(model, [...model.claimed.keys()], 'delivered', 0);
  }
  await compare(model);
  const { recordPrefix, dlq, deadLetterPrefix, claims } = engine.keys;
  const kept = [dlq, claims, ...CLIENTS.map((client) => deadLetterPrefix + client)];
  for (const key of await engine.redis.keys('{*')) {
    if (key.startsWith(recordPrefix)) expect(await engine.redis.pttl(key)).toBeGreaterThan(0);
    else expect(kept).toContain(key);
  }
}

test('whatever two workers do in whatever order, the engine holds what a simple model says', async () => {
  const run = async (list: [keyof typeof steps, ...unknown[]][]) => {
    await engine.reset();
    const model = new EngineModel();
    for (const [name, ...parameters] of list) {
      await (steps[name] as (model: EngineModel, ...parameters: unknown[]) => Promise<unknown>)(
        model,
        ...parameters,
      );
      await compare(model);
    }
    await endAll(model);
  };
  const lists = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });
  await fc.assert(fc.asyncProperty(lists, run), { numRuns: 50, endOnFailure: false });
}, 90_000);

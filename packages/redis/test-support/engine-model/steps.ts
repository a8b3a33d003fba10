import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';
import fc from 'fast-check';
import { assert, expect } from 'vitest';
import { positionOf } from '../../src/layout/dead-letter-codec.js';
import { aPolicy, DELIVERED, failure } from '../test-engine.js';
import type { EngineModel } from './engine-model.js';
import type { ModelLetter, ModelOccurrence } from './model-state.js';
import {
  atMost,
  type Claims,
  cancelled,
  clockStep,
  interval,
  limit,
  ms,
  newInterval,
  outcome,
  pick,
  renewed,
  settled,
  terms,
} from './step-parameters.js';
import type { SteppedEngine } from './stepped-engine.js';

export const CLIENTS = ['shop', 'bank', 'post'];
export const POLICIES = [aPolicy(), aPolicy()];

const at = <T>(list: readonly T[], n: number) => list[n % list.length] as T;

function chosen(model: EngineModel, { of, picks }: Claims): ClaimedOccurrence[] {
  const found = model.claimed.filter((claim) => {
    if (of === 'any') return true;
    if (of === 'outdated') return model.isOutdated(claim);
    return model.isCurrent(claim) && (of === 'current' || model.taskOf(claim.member).state !== 'live');
  });
  return found.length === 0 ? [] : [...new Set(picks.map((n) => at(found, n)))];
}

const live = (model: EngineModel) => model.tasks.filter(({ state }) => state === 'live');

/** Takes the same step in the engine and in the model, and compares the answers. */
type Take<P> = (engine: SteppedEngine, model: EngineModel, parameters: P) => Promise<unknown>;

function kindOfStep<P>(weight: number, parameters: fc.Arbitrary<P>, take: Take<P>) {
  return { weight, parameters, take };
}

const steps = {
  register: kindOfStep(
    3,
    fc.tuple(pick, ms, interval, terms),
    async (engine, model, [n, delayMs, interval, asked]) => {
      const [client, policy] = [at(CLIENTS, n), n % POLICIES.length];
      const { expiry, recurrence, untilAfterMs } = asked;
      const untilMs = untilAfterMs === undefined ? undefined : Math.ceil(model.now) + delayMs + untilAfterMs;
      const chosen = interval > 0 && recurrence ? { recurrence: { ...recurrence, untilMs } } : {};
      const terms = { ...(expiry && { expiry }), ...chosen };
      const request = { payload: Buffer.from(String(n)), delayMs, repeatIntervalMs: interval, ...terms };
      const registered = await engine.tasks.register(client, at(POLICIES, policy), request);
      model.register({ id: registered.taskId, client, policy, interval, terms }, delayMs);
      expect(registered.scheduledTimeMs).toBe(model.tasks.at(-1)?.first);
    },
  ),

  cancel: kindOfStep(2, fc.tuple(pick, cancelled), async (engine, model, [n, which]) => {
    const tasks = model.tasks.filter((task) => which !== 'under way' || model.held(task).length > 0);
    if (tasks.length === 0) return;
    const task = at(tasks, n);
    const answer = await engine.tasks.cancel(which === 'strange' ? 'stranger' : task.client, task.id);
    if (which === 'strange') return expect(answer).toEqual({ kind: 'not_found' });
    if (task.state !== 'live') return expect(answer).toEqual({ kind: 'ended', state: task.state });
    expect(answer).toEqual({ kind: 'cancelled', attemptUnderWay: model.held(task).length > 0 });
    model.cancel(task);
  }),

  pause: kindOfStep(2, pick, async (engine, model, n) => {
    const task = at(live(model), n);
    if (!task) return;
    const answer = await engine.tasks.pause(task.client, task.id);
    model.pause(task);
    expect(answer).toMatchObject({ kind: 'done', attemptUnderWay: model.held(task).length > 0 });
  }),

  resume: kindOfStep(2, pick, async (engine, model, n) => {
    const paused = live(model).filter(({ pausedSince }) => pausedSince !== undefined);
    const task = at(paused, n);
    if (!task) return;
    const answer = await engine.tasks.resume(task.client, task.id);
    model.resume(task);
    expect(answer).toMatchObject({ kind: 'done', occurrence: task.interval > 0 ? task.next : 1 });
  }),

  fire: kindOfStep(2, pick, async (engine, model, n) => {
    const task = at(live(model), n);
    if (!task) return;
    const answer = await engine.tasks.fire(task.client, task.id);
    const refused = (why: string) => expect(answer).toEqual({ kind: 'refused', why });
    if (task.pausedSince !== undefined) return refused('paused');
    if (task.interval === 0 && model.held(task).length > 0) return refused('begun');
    expect(answer).toMatchObject({ kind: 'done', ...model.fire(task) });
  }),

  reschedule: kindOfStep(
    3,
    fc.tuple(pick, ms, newInterval, fc.boolean()),
    async (engine, model, [n, delayMs, interval, newPhase]) => {
      const task = at(live(model), n);
      if (!task) return;
      const recurs = task.interval > 0;
      const repeatIntervalMs = recurs ? interval : undefined;
      const change = { delayMs, repeatIntervalMs, newPhase: recurs && newPhase };
      const answer = await engine.tasks.reschedule(task.client, task.id, change, 0);
      const only = recurs ? undefined : model.occurrences.get(`${task.id}:1`);
      if ((only?.attempts ?? 0) > 0) return expect(answer).toEqual({ kind: 'refused', why: 'begun' });
      const dueMs = model.reschedule(task, delayMs, repeatIntervalMs, newPhase);
      expect(answer).toMatchObject({ kind: 'done', dueMs, occurrence: recurs ? task.next : 1 });
    },
  ),

  claim: kindOfStep(
    5,
    fc.tuple(pick, limit, ms, atMost),
    async (engine, model, [n, limit, aheadMs, places]) => {
      const worker = n % engine.workers.length;
      const most = new Map(places.map(([place, count]) => [at(CLIENTS, place), count]));
      const { claimed, nowMs } = await at(engine.workers, worker).claim(0, limit, aheadMs, most);
      expect(nowMs).toBeCloseTo(model.now, 2);
      const expected = model.claim({ worker, limit, aheadMs, atMost: most, replyIsLost: false });
      const inOrder = byClient(claimed, ({ clientId }) => clientId);
      const expectedInOrder = byClient(expected, ({ occurrence }) => occurrence.task.client);
      expect(inOrder.map(summaryOf)).toEqual(
        expectedInOrder.map(({ occurrence, dueMs }) => ({ ...expectedSummary(occurrence), dueMs })),
      );
      expectedInOrder.forEach(({ occurrence: { lease } }, i) => {
        if (lease) lease.claim = inOrder[i] as ClaimedOccurrence;
      });
      model.claimed.push(...claimed);
    },
  ),

  loseReply: kindOfStep(1, fc.tuple(pick, limit, ms), async (engine, model, [n, limit, aheadMs]) => {
    const worker = n % engine.workers.length;
    const { claim, loseNextReply } = at(engine.workers, worker);
    loseNextReply();
    await expect(claim(0, limit, aheadMs)).rejects.toThrow('Connection is closed');
    model.claim({ worker, limit, aheadMs, atMost: new Map(), replyIsLost: true });
  }),

  settle: kindOfStep(5, fc.tuple(settled, outcome, ms), async (engine, model, [of, kind, delayMs]) => {
    const claims = chosen(model, of);
    if (claims.length === 0) return;
    const dueMs = delayMs === 0 ? 0 : Math.ceil(model.now) + delayMs;
    const requests = claims.map((occurrence) => {
      const why = { failure: failure(occurrence.attempt), reason: 'not_sent' };
      return { occurrence, settlement: { ...DELIVERED, kind, dueMs, ...why } as Settlement };
    });
    const current = claims.map((claim) => model.isCurrent(claim));
    expect(await at(engine.workers, of.picks.length).settle(0, requests)).toEqual(current);
    for (const claim of claims) model.settle(claim, kind, dueMs);
  }),

  replay: kindOfStep(2, fc.tuple(pick, ms), async (engine, model, [n, delayMs]) => {
    if (model.deadLetters.length === 0) return;
    const letter = at(model.deadLetters, n);
    const id = await idOf(engine, model, letter);
    const options = { callback: undefined, evenNotForwarded: false, startMs: 0 };
    const [outcome] = await engine.deadLetters.replay(
      letter.occurrence.task.client,
      [{ id, delayMs }],
      options,
    );
    assert(outcome?.kind === 'replayed', `the replay is ${outcome?.kind}`);
    expect(outcome.before).toBe(letter.replayedAs !== undefined);
    const task = model.replay(letter, outcome.taskId, delayMs);
    expect(outcome).toMatchObject({ taskId: task.id, scheduledTimeMs: task.first });
  }),

  renew: kindOfStep(2, renewed, async (engine, model, of) => {
    const claims = chosen(model, of);
    if (claims.length === 0) return;
    const kept = claims.map((claim) => model.isCurrent(claim) && model.taskOf(claim.member).state === 'live');
    expect(await at(engine.workers, of.picks.length).renew(0, claims)).toEqual(kept);
    for (const claim of claims) model.renew(claim);
  }),

  /** A scheduler does so with the time of its look, which lies ahead if the clock was set back since. */
  recoverLost: kindOfStep(1, fc.constantFrom(-60_000, 0, 900), async (engine, model, lookedAgoMs) => {
    const lookedAt = Math.floor(model.now) - lookedAgoMs;
    expect(await engine.slices.recoverLost(0, lookedAt)).toBe(model.recoverLost(lookedAt));
  }),

  stepClock: kindOfStep(3, clockStep, async (engine, model, byMs) => {
    model.now += byMs;
    await engine.setClock(model.now);
  }),
};

/** Each client's in their order; how those of several clients follow each other is not promised. */
function byClient<T>(list: readonly T[], clientOf: (one: T) => string): T[] {
  return list.toSorted((a, b) => (clientOf(a) < clientOf(b) ? -1 : Number(clientOf(a) > clientOf(b))));
}

async function idOf({ redis, keys }: SteppedEngine, model: EngineModel, letter: ModelLetter) {
  const { client } = letter.occurrence.task;
  const entries = await redis.xrange(keys.deadLetterPrefix + client, '-', '+');
  const own = model.parkedLetters().filter(({ occurrence }) => occurrence.task.client === client);
  letter.id ??= positionOf(0, entries[own.indexOf(letter)]?.[0] as string);
  return letter.id;
}

/** What the engine and the model say of a claimed occurrence. */
function summaryOf(claimed: ClaimedOccurrence) {
  const { member, clientId, policy, occurrence, attempt, scheduledTimeMs, dueMs, history } = claimed;
  const failed = history.map((failure) => `${occurrence}.${failure.attempt} ${failure.errorClass}`);
  return { member, clientId, policy, occurrence, attempt, scheduledTimeMs, dueMs, failed };
}

function expectedSummary({ member, task, number, scheduled, attempts, failed }: ModelOccurrence) {
  return {
    ...{ member, clientId: task.client, policy: at(POLICIES, task.policy) },
    ...{ occurrence: number, attempt: attempts, scheduledTimeMs: scheduled, failed },
  };
}

export type Step = [name: keyof typeof steps, parameters: unknown];

/** Any step, with any parameters. */
export const anyStep = fc.oneof(
  ...Object.entries(steps).map(([name, { weight, parameters }]) => {
    return { weight, arbitrary: fc.tuple(fc.constant(name as Step[0]), parameters as fc.Arbitrary<unknown>) };
  }),
);

export async function take(
  engine: SteppedEngine,
  model: EngineModel,
  [name, parameters]: Step,
): Promise<void> {
  await (steps[name].take as Take<unknown>)(engine, model, parameters);
}

/** Cancels all that recurs. Whatever then comes of what is under way must change nothing any more. */
export async function cancelRecurring(engine: SteppedEngine, model: EngineModel): Promise<void> {
  for (const [n, { interval }] of model.tasks.entries()) {
    if (interval > 0) await steps.cancel.take(engine, model, [n, 'any']);
  }
  for (const _ of live(model)) await steps.resume.take(engine, model, 0);
  const [one, all] = [[0], [...model.claimed.keys()]];
  await steps.settle.take(engine, model, [{ of: 'of ended tasks', picks: one }, 'retry', 0]);
  await steps.settle.take(engine, model, [{ of: 'of ended tasks', picks: all }, 'dead_letter', 0]);
}

/** Brings everything to its end, however it was left, once nothing recurs any more. Then nobody's turn is left, either. */
export async function endAll(engine: SteppedEngine, model: EngineModel): Promise<void> {
  while (Number.isFinite(model.firstDueMs()) || model.occurrences.size + model.rotation.length > 0) {
    const leaseEnds = [...model.occurrences.values()].map(({ lease }) => lease?.endsMs ?? 0);
    const last = Math.max(model.now, ...model.due.values(), ...leaseEnds);
    await steps.stepClock.take(engine, model, last + 1 - model.now);
    await steps.recoverLost.take(engine, model, 0);
    await steps.claim.take(engine, model, [0, 256, 0, []]);
    const all = { of: 'current', picks: [...model.claimed.keys()] } as const;
    await steps.settle.take(engine, model, [all, 'delivered', 0]);
  }
}

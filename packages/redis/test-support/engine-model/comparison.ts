import { expect } from 'vitest';
import { decodeAttempts, decodeLatestAttempts } from '../../src/layout/history-codec.js';
import { decodeOccurrenceState } from '../../src/layout/occurrence-state-codec.js';
import { decodeLiveRecord, packedPartsOf } from '../../src/layout/record-codec.js';
import { decodeParts } from '../../src/layout/record-parts.js';
import { endState } from '../../src/layout/task-state-codes.js';
import type { EngineModel } from './engine-model.js';
import type { ModelLetter, ModelTask } from './model-state.js';
import type { SteppedEngine } from './stepped-engine.js';
import { CLIENTS, POLICIES } from './steps.js';

/** All that the engine holds, against the model. */
export async function compare(engine: SteppedEngine, model: EngineModel): Promise<void> {
  const [held, { firstDueMs, lastClaimMs }] = await Promise.all([
    whatIsHeld(engine, model),
    (engine.workers[0] as SteppedEngine['workers'][number]).firstDue(0),
  ]);
  expect(held).toEqual(whatShouldBeHeld(model));
  expect(firstDueMs).toBe(model.firstDueMs());
  // Of claims that find nothing a few in a second are noted.
  expect(Math.abs(lastClaimMs - model.lastClaimMs)).toBeLessThan(50);
}

async function whatIsHeld({ redis, keys }: SteppedEngine, model: EngineModel) {
  const ids = model.tasks.map(({ id }) => id);
  const [
    due,
    queues,
    rotation,
    leases,
    occurrences,
    policyUses,
    policies,
    latest,
    records,
    letters,
    indexed,
    listed,
    paused,
  ] = await Promise.all([
    redis.zrange(keys.due, '0', '-1', 'WITHSCORES'),
    Promise.all(CLIENTS.map((client) => redis.zrange(keys.overduePrefix + client, '0', '-1', 'WITHSCORES'))),
    redis.zrange(keys.rotation, '0', '-1'),
    redis.zrange(keys.leases, '0', '-1', 'WITHSCORES'),
    redis.hgetallBuffer(keys.occurrences),
    redis.hvals(keys.policyRefs),
    redis.hlen(keys.policies),
    redis.hgetallBuffer(keys.latestAttempts),
    ids.length === 0 ? [] : redis.mgetBuffer(ids.map((id) => keys.recordPrefix + id)),
    redis.xrangeBuffer(keys.dlq, '-', '+'),
    Promise.all(CLIENTS.map((client) => redis.xrange(keys.deadLetterPrefix + client, '-', '+'))),
    Promise.all(CLIENTS.map((client) => redis.zrange(keys.clientPrefix + client, '0', '-1', 'WITHSCORES'))),
    redis.zrange(keys.paused, '0', '-1'),
  ]);
  const letterById = new Map(letters.map(([id, fields]) => [String(id), letterOf(fields)]));
  return {
    due: scores(due),
    paused,
    queues: queues.map(scores),
    rotation,
    leases: scores(leases),
    occurrences: values(occurrences, stateOf),
    policyUses: policyUses.map(Number).toSorted(),
    policies,
    latestAttempts: values(latest, (bytes) => decodeLatestAttempts(bytes).map(named)),
    records: records.map(recordOf),
    deadLetters: letters.map(([, fields]) => letterOf(fields)).toSorted(),
    deadLettersOfClients: indexed.map((entries) => entries.map(([id]) => letterById.get(id))),
    listed: listed.map((pairs) => scores(pairs)),
  };
}

function whatShouldBeHeld(model: EngineModel): Awaited<ReturnType<typeof whatIsHeld>> {
  const openOf = (task: ModelTask): Partial<Open> => {
    if (!task.terms.recurrence) return {};
    const open = [...model.occurrences.values()].filter((occurrence) => occurrence.task === task).length;
    return { open, waiting: task.waiting?.number ?? 0, waitingMs: task.waiting?.scheduled ?? 0 };
  };
  const occurrences = [...model.occurrences.values()];
  const parked = model.parkedLetters();
  const live = model.tasks.filter(({ state }) => state === 'live');
  const uses = POLICIES.map((_, i) => live.filter(({ policy }) => policy === i).length).filter(Boolean);
  return {
    due: Object.fromEntries(model.due),
    paused: [...model.paused].map(([member, dueMs]) => `${member} ${dueMs}`).toSorted(),
    queues: CLIENTS.map((client) => Object.fromEntries(model.queues.get(client) ?? [])),
    rotation: model.rotation,
    leases: Object.fromEntries(
      occurrences.flatMap(({ member, lease }) => (lease ? [[member, lease.endsMs]] : [])),
    ),
    occurrences: Object.fromEntries(
      occurrences.map(({ member, lease, attempts, scheduled, failed }) => {
        return [member, { leased: lease !== undefined, attempts, scheduled, failed: failed.map(attemptOf) }];
      }),
    ),
    policyUses: uses.toSorted(),
    policies: uses.length,
    latestAttempts: Object.fromEntries(
      live.flatMap(({ id, interval, attempts }) =>
        interval > 0 && attempts.length > 0 ? [[id, attempts]] : [],
      ),
    ),
    records: model.tasks.map((task) =>
      task.state === 'live'
        ? { next: task.next, inFlight: task.interval > 0 ? model.held(task).length : 0, ...openOf(task) }
        : { ended: task.state },
    ),
    // In which order one claim writes those of several clients is not promised.
    deadLetters: parked.map(lineOf).toSorted(),
    deadLettersOfClients: CLIENTS.map((name) =>
      parked.filter(({ occurrence }) => occurrence.task.client === name).map(lineOf),
    ),
    listed: CLIENTS.map((name) => {
      const tasks = live.filter(({ client }) => client === name);
      return Object.fromEntries(tasks.map(({ id, listedAt }) => [id, listedAt]));
    }),
  };
}

/** What clients are told of their tasks, ended ones included. */
export async function compareDetails(engine: SteppedEngine, model: EngineModel): Promise<void> {
  for (const task of model.tasks) {
    const details = await engine.tasks.get(task.client, task.id);
    expect(details?.waitingFor?.reason === 'paused').toBe(
      task.state === 'live' && task.pausedSince !== undefined,
    );
    expect(details?.attempts?.map(named)).toEqual(task.attempts);
  }
}

/** When all has ended: nothing is left but dead letters, when was claimed last, and records that have a lifetime. */
export async function expectNothingLeft({ redis, keys }: SteppedEngine): Promise<void> {
  const kept = [keys.dlq, keys.claims, ...CLIENTS.map((client) => keys.deadLetterPrefix + client)];
  for (const key of await redis.keys('{*')) {
    if (key.startsWith(keys.recordPrefix)) expect(await redis.pttl(key)).toBeGreaterThan(0);
    else expect(kept).toContain(key);
  }
}

function scores(pairs: readonly string[]): Record<string, number> {
  const entries = pairs.flatMap((member, i) =>
    i % 2 === 0 ? [[member, Number(pairs[i + 1])] as const] : [],
  );
  return Object.fromEntries(entries);
}

function values<T>(hash: Record<string, Buffer>, decode: (value: Buffer) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(hash).map(([field, value]) => [field, decode(value)]));
}

const named = (attempt: { occurrence: number; attempt: number; outcome: string }) =>
  `${attempt.occurrence}.${attempt.attempt} ${attempt.outcome}`;

function stateOf(state: Buffer) {
  const { leased, attempts, scheduledTimeMs: scheduled, history } = decodeOccurrenceState(state);
  return {
    leased,
    attempts,
    scheduled,
    failed: history.map(({ attempt, errorClass }) => `${attempt} ${errorClass}`),
  };
}

/** Of a task that does not recur by default. */
interface Open {
  readonly open: number;
  readonly waiting: number;
  readonly waitingMs: number;
}
const RECURRENCE = 133;

function openIn(record: Buffer): Open | undefined {
  const part = decodeParts(packedPartsOf(record)).get(RECURRENCE);
  if (!part) return undefined;
  return { open: part.readUInt16BE(14), waiting: part.readUIntBE(16, 6), waitingMs: part.readUIntBE(22, 6) };
}

function recordOf(
  record: Buffer | null,
): ({ next: number; inFlight: number } & Partial<Open>) | { ended: string } | undefined {
  if (!record) return undefined;
  if (record.readUInt8(0) % 64 === 2) return { ended: endState(record.readUInt8(19)) };
  const { nextOccurrence: next, inFlight } = decodeLiveRecord(record);
  return { next, inFlight, ...openIn(record) };
}

const lineOf = ({ occurrence: { member, failed } }: ModelLetter) => `${member} ${failed}`;

function letterOf(fields: readonly Buffer[]): string {
  const field = (name: string) => fields[fields.findIndex((text) => String(text) === name) + 1] as Buffer;
  const occurrence = Number(field('occurrence'));
  const history = decodeAttempts(field('history')).map((attempt) => named({ ...attempt, occurrence }));
  return `${field('task')}:${occurrence} ${history}`;
}

/** Without the number of the occurrence. */
function attemptOf(named: string): string {
  return named.slice(named.indexOf('.') + 1);
}

import type { DeadLetterInfo, ReceivedCallback } from '@boomerang/client';
import { describe, expect, test } from 'vitest';
import { Arrivals } from '../arrivals.js';
import type { Forwarded } from './forwarded.js';
import { type Journey, judgeWires, type WireOutcome } from './wire-expectations.js';
import { REASON, type WireTask, wirePlan } from './wire-plan.js';

const START_MS = 1_000;

interface Run extends WireOutcome {
  readonly journeys: Map<string, Journey>;
  readonly forwarded: Forwarded[];
  readonly problems: { NATS?: string };
}

/** A run that went well, but for the last callback of `lost` and what `change` does to callbacks. */
function goodRun(
  lost?: string,
  change: (callback: ReceivedCallback) => ReceivedCallback = (same) => same,
): Run {
  const run: Run = {
    arrivals: new Arrivals(0),
    journeys: new Map(),
    forwarded: [],
    problems: {},
    clockErrorMs: 0.1,
  };
  for (const task of wirePlan) {
    run.journeys.set(task.label, journeyOf(task));
    const { deadLetter, taskId } = journeyOf(task);
    if (deadLetter && task.forwardTo) {
      run.forwarded.push({ destination: task.forwardTo, deadLetterId: deadLetter.deadLetterId, taskId });
    }
    for (let nth = 1; nth <= task.expected - (task.label === lost ? 1 : 0); nth += 1) {
      run.arrivals.add(task.label, change(callbackOf(task, nth)), 0);
    }
  }
  return run;
}

function journeyOf({ label, end, forwardTo }: WireTask): Journey {
  const journey = { taskId: `id of ${label}`, end };
  if (!forwardTo) return journey;
  const deadLetter = { deadLetterId: `letter of ${label}`, history: [{ error: REASON }] };
  return {
    ...journey,
    deadLetter: deadLetter as unknown as DeadLetterInfo,
    replay: { taskId: `replay of ${label}`, end: 'delivered' },
  };
}

function callbackOf({ label, forwardTo, pauseMs = 100, kind }: WireTask, nth: number): ReceivedCallback {
  const replayed = forwardTo !== undefined && nth > 1;
  return {
    taskId: `${replayed ? 'replay' : 'id'} of ${label}`,
    attempt: replayed ? 1 : nth,
    scheduledTimeMs: START_MS,
    receivedAtMs: START_MS + nth * pauseMs,
    headers: kind === 'HTTP raw, signed' ? { 'webhook-signature': 'v1,c2lnbmF0dXJl' } : {},
  } as unknown as ReceivedCallback;
}

const missingIn = (run: WireOutcome) =>
  judgeWires(wirePlan, run)
    .filter(({ missing }) => missing !== undefined)
    .map(({ text }) => text);

const forwardedTasks = wirePlan.filter(({ forwardTo }) => forwardTo);

describe('the demo of wires', () => {
  test('is content when all came that should', () => {
    expect(missingIn(goodRun())).toEqual([]);
  });

  test.each(wirePlan)('misses a callback: $label', ({ label, kind }) => {
    expect(missingIn(goodRun(label))).toContainEqual(expect.stringMatching(`^${label}: .* over ${kind}$`));
  });

  test.each(wirePlan)('misses the right end: $label', ({ label, end }) => {
    const run = goodRun();
    run.journeys.set(label, { ...(run.journeys.get(label) as Journey), end: 'expired' });
    expect(missingIn(run)).toEqual([`${label}: ends as ${end}`]);
  });

  test('misses signatures', () => {
    const missing = missingIn(goodRun(undefined, (callback) => ({ ...callback, headers: {} })));
    expect(missing).toHaveLength(wirePlan.filter(({ kind }) => kind === 'HTTP raw, signed').length);
    for (const text of missing) expect(text).toContain('signature');
  });

  test('misses the pauses before retries', () => {
    const missing = missingIn(goodRun(undefined, (callback) => ({ ...callback, receivedAtMs: START_MS })));
    const paused = wirePlan.filter(({ pauseMs }) => pauseMs);
    expect(missing).toEqual(
      paused.map(({ label, pauseMs }) => `${label}: ${pauseMs} ms or more between the attempts`),
    );
  });

  test.each(forwardedTasks)('misses what has to come of a dead letter: $label', ({ label, forwardTo }) => {
    const spoilers: [string, (run: Run, journey: Journey) => void][] = [
      ['with the reason', (_run, journey) => Object.assign(journey, { deadLetter: withoutHistory(journey) })],
      [
        'is forwarded to',
        (run) => run.forwarded.splice(0, Number.POSITIVE_INFINITY, ...othersOf(run, label)),
      ],
      ['under its id', (run) => run.forwarded.push({ ...arrivedOf(run, label), deadLetterId: 'another' })],
      ['and delivered', (_run, { replay }) => replay && Object.assign(replay, { end: 'dead_lettered' })],
    ];
    for (const [text, spoil] of spoilers) {
      const run = goodRun();
      spoil(run, run.journeys.get(label) as Journey);
      expect(missingIn(run), `${forwardTo}: ${text}`).toEqual([expect.stringContaining(text)]);
    }
  });

  test('names the reason for all that a missing NATS server makes impossible', () => {
    const run = goodRun();
    run.problems.NATS = 'no nats-server';
    const missing = judgeWires(wirePlan, run).filter(({ missing }) => missing === 'no nats-server');
    const { label } = forwardedTasks.find(({ forwardTo }) => forwardTo === 'NATS') as WireTask;
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.map(({ text }) => text)).toEqual(missing.map(() => expect.stringContaining(label)));
  });

  test('sees callbacks and dead letters of strange tasks, and what came early', () => {
    const run = goodRun();
    const first = wirePlan[0] as WireTask;
    run.arrivals.add(first.label, { ...callbackOf(first, 1), taskId: 'strange' }, 0);
    expect(missingIn(run)).toEqual(['nothing else came back or was forwarded']);
    const other = goodRun();
    other.forwarded.push({ destination: 'webhook', deadLetterId: 'strange', taskId: 'strange' });
    expect(missingIn(other)).toEqual(['nothing else came back or was forwarded']);
    const early = goodRun(undefined, (callback) => ({ ...callback, scheduledTimeMs: START_MS + 50_000 }));
    expect(missingIn(early)).toEqual(['no callback came early']);
  });
});

const arrivedOf = (run: Run, label: string) =>
  run.forwarded.find(({ taskId }) => taskId === `id of ${label}`) as Forwarded;
const othersOf = (run: Run, label: string) => run.forwarded.filter((one) => one !== arrivedOf(run, label));
const withoutHistory = ({ deadLetter }: Journey) => ({ ...deadLetter, history: [] });

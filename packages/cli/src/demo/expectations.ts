import type { DeadLetter } from '@boomerang/domain';
import type { Arrivals } from './arrivals.js';
import { PERIOD_MS, type PlannedTask, sessions } from './task-plan.js';

/** An expectation, and whether it was met. */
export interface Expectation {
  readonly text: string;
  /** Why it was not met; undefined if it was. */
  readonly missing: string | undefined;
}

/** What happened. */
export interface Outcome {
  readonly arrivals: Arrivals;
  readonly taskIds: ReadonlyMap<string, string>;
  readonly deadLetters: readonly DeadLetter[];
  /** The greatest possible error of a measured lateness. */
  readonly clockErrorMs: number;
}

export function judge(plan: readonly PlannedTask[], outcome: Outcome): Expectation[] {
  return [
    ...plan.map((task) => expectCallbacks(task, outcome)),
    ...plan.filter(({ intervalMs }) => intervalMs).map((task) => expectNoDrift(task, outcome)),
    ...plan.filter(({ kind }) => kind === 'failing').map((task) => expectDeadLetter(task, outcome)),
    expectNothingElse(plan, outcome),
    expectNoneEarly(outcome),
  ];
}

function expectCallbacks({ label, expected }: PlannedTask, { arrivals, taskIds }: Outcome): Expectation {
  const taskId = taskIds.get(label);
  const seen = arrivals.of(label).filter(({ callback }) => callback.taskId === taskId).length;
  const text = `${label}: ${expected} callback${expected === 1 ? '' : 's'}`;
  return { text, missing: seen === expected ? undefined : `${seen} came` };
}

function expectNoDrift({ label }: PlannedTask, { arrivals }: Outcome): Expectation {
  const [first, ...rest] = arrivals.of(label).map(({ callback }) => callback.scheduledTimeMs);
  const wrong = rest.filter((time, index) => time !== (first ?? 0) + (index + 1) * PERIOD_MS);
  return {
    text: `${label}: no drift`,
    missing: wrong.length === 0 ? undefined : `${wrong.length} occurrences are off`,
  };
}

function expectDeadLetter({ label }: PlannedTask, { deadLetters, taskIds }: Outcome): Expectation {
  const own = deadLetters.filter(({ taskId }) => taskId === taskIds.get(label));
  const attempts = own[0]?.history.map(({ attempt }) => attempt).join() ?? '';
  const wanted = Array.from({ length: sessions.strict.maxAttempts }, (_, index) => index + 1).join();
  const payload = Buffer.from(own[0]?.payload ?? []).toString();
  const good = own.length === 1 && attempts === wanted && payload === label;
  const found = `${own.length} found${own.length > 0 ? `, with failures of attempts ${attempts || 'none'}` : ''}`;
  return {
    text: `${label}: one dead letter with its payload and the failures of attempts ${wanted}`,
    missing: good ? undefined : found,
  };
}

function expectNothingElse(
  plan: readonly PlannedTask[],
  { arrivals, deadLetters, taskIds }: Outcome,
): Expectation {
  const labels = new Set(plan.map(({ label }) => label));
  const strangers = [...arrivals.labels].filter((label) => !labels.has(label));
  const failing = new Set(
    plan.filter(({ kind }) => kind === 'failing').map(({ label }) => taskIds.get(label)),
  );
  const letters = deadLetters.filter(({ taskId }) => !failing.has(taskId));
  const found = `${strangers.length} other callbacks, ${letters.length} other dead letters`;
  return {
    text: 'nothing else came back or was dead-lettered',
    missing: strangers.length + letters.length === 0 ? undefined : found,
  };
}

export function expectNoneEarly({
  arrivals,
  clockErrorMs,
}: Pick<Outcome, 'arrivals' | 'clockErrorMs'>): Expectation {
  const early = [...arrivals.labels]
    .flatMap((label) => arrivals.of(label))
    .filter(({ callback, latenessMs }) => callback.attempt === 1 && latenessMs < -clockErrorMs);
  return { text: 'no callback came early', missing: early.length === 0 ? undefined : `${early.length} did` };
}

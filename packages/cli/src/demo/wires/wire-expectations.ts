import type { DeadLetterInfo } from '@boomerang/client';
import type { TaskState } from '@boomerang/domain';
import type { Arrival, Arrivals } from '../arrivals.js';
import { type Expectation, expectNoneEarly } from '../expectations.js';
import type { Destinations, Forwarded } from './forwarded.js';
import { REASON, type WireTask } from './wire-plan.js';

/** What has happened to a task of the plan so far. */
export interface Journey {
  readonly taskId: string;
  end?: TaskState | undefined;
  deadLetter?: DeadLetterInfo | undefined;
  /** The task that its dead letter became. */
  replay?: { readonly taskId: string; end?: TaskState | undefined } | undefined;
}

/** What happened. */
export interface WireOutcome {
  readonly arrivals: Arrivals;
  /** By label. A task that was not registered is absent. */
  readonly journeys: ReadonlyMap<string, Journey>;
  readonly forwarded: readonly Forwarded[];
  readonly problems: Destinations['problems'];
  /** The greatest possible error of a measured time. */
  readonly clockErrorMs: number;
}

/** The service's times are whole milliseconds. */
const ROUNDING_MS = 1;

export function judgeWires(plan: readonly WireTask[], outcome: WireOutcome): Expectation[] {
  return [
    ...plan.flatMap((task) => {
      const problem = task.forwardTo && outcome.problems[task.forwardTo];
      const expectations = expectationsOf(task, outcome);
      return problem === undefined
        ? expectations
        : expectations.map(({ text }) => ({ text, missing: problem }));
    }),
    expectNothingElse(plan, outcome),
    expectNoneEarly(outcome),
  ];
}

function expectationsOf(task: WireTask, outcome: WireOutcome): Expectation[] {
  return [
    expectCallbacks(task, outcome),
    expectEnd(task, outcome),
    ...(task.kind === 'HTTP raw, signed' ? [expectSignature(task, outcome)] : []),
    ...(task.pauseMs === undefined ? [] : [expectPause(task, task.pauseMs, outcome)]),
    ...(task.forwardTo === undefined
      ? []
      : [expectReason(task, outcome), expectForwarded(task, outcome), expectReplay(task, outcome)]),
  ];
}

function expectCallbacks({ kind, label, expected }: WireTask, outcome: WireOutcome): Expectation {
  const seen = ownArrivals(label, outcome).length;
  const text = `${label}: ${expected} callback${expected === 1 ? '' : 's'} over ${kind}`;
  return { text, missing: seen === expected ? undefined : `${seen} came` };
}

function expectEnd({ label, end }: WireTask, { journeys }: WireOutcome): Expectation {
  const ended = journeys.get(label)?.end;
  return {
    text: `${label}: ends as ${end}`,
    missing: ended === end ? undefined : `it is ${ended ?? 'open'}`,
  };
}

/** The receiver accepts only callbacks with a valid signature. So a callback that was counted had one. */
function expectSignature({ label }: WireTask, outcome: WireOutcome): Expectation {
  const headers = ownArrivals(label, outcome).map(({ callback }) => callback.headers);
  const unsigned = headers.filter((each) => !String(each['webhook-signature']).startsWith('v1,')).length;
  const missing = headers.length === 0 ? 'none came' : unsigned > 0 ? `${unsigned} unsigned` : undefined;
  return { text: `${label}: raw callbacks with a signature that verifies`, missing };
}

function expectPause({ label }: WireTask, pauseMs: number, outcome: WireOutcome): Expectation {
  const [first, second] = ownArrivals(label, outcome).map(({ atMs }) => atMs);
  const text = `${label}: ${pauseMs} ms or more between the attempts`;
  if (first === undefined || second === undefined) return { text, missing: 'there was no second one' };
  const enough = second - first >= pauseMs - ROUNDING_MS - outcome.clockErrorMs;
  return { text, missing: enough ? undefined : `${(second - first).toFixed(1)} ms` };
}

function expectReason({ label }: WireTask, { journeys }: WireOutcome): Expectation {
  const history = journeys.get(label)?.deadLetter?.history;
  const good = history?.length === 1 && history[0]?.error.includes(REASON);
  const found = history
    ? `it tells of ${history.length}: ${history.map(({ error }) => error).join()}`
    : 'none found';
  return {
    text: `${label}: a dead letter after one attempt with the reason "${REASON}"`,
    missing: good ? undefined : found,
  };
}

function expectForwarded({ label, forwardTo }: WireTask, { journeys, forwarded }: WireOutcome): Expectation {
  const { taskId, deadLetter } = journeys.get(label) ?? {};
  const came = forwarded.filter((one) => one.destination === forwardTo && one.taskId === taskId);
  const good = came.length > 0 && came.every((one) => one.deadLetterId === deadLetter?.deadLetterId);
  const found = came.length === 0 ? 'none came' : `${came.map((one) => one.deadLetterId).join()} came`;
  return {
    text: `${label}: its dead letter is forwarded to ${forwardTo} under its id`,
    missing: good ? undefined : found,
  };
}

function expectReplay({ label }: WireTask, { arrivals, journeys }: WireOutcome): Expectation {
  const replay = journeys.get(label)?.replay;
  const seen = arrivals.of(label).filter(({ callback }) => callback.taskId === replay?.taskId).length;
  const good = replay?.end === 'delivered' && seen === 1;
  const found = replay ? `it is ${replay.end ?? 'open'} and came ${seen} times` : 'it was not replayed';
  return { text: `${label}: replayed, and delivered`, missing: good ? undefined : found };
}

function expectNothingElse(plan: readonly WireTask[], outcome: WireOutcome): Expectation {
  const { arrivals, journeys, forwarded } = outcome;
  const labels = [...new Set([...arrivals.labels, ...plan.map(({ label }) => label)])];
  const strange = labels.reduce(
    (sum, label) => sum + arrivals.of(label).length - ownArrivals(label, outcome).length,
    0,
  );
  const taskIds = new Set([...journeys.values()].map(({ taskId }) => taskId));
  const letters = forwarded.filter(({ taskId }) => !taskIds.has(taskId)).length;
  const found = `${strange} other callbacks, ${letters} other dead letters`;
  return {
    text: 'nothing else came back or was forwarded',
    missing: strange + letters === 0 ? undefined : found,
  };
}

/** Callbacks of the label's task and of its replay. */
function ownArrivals(label: string, { arrivals, journeys }: WireOutcome): Arrival[] {
  const journey = journeys.get(label);
  const own = [journey?.taskId, journey?.replay?.taskId];
  return arrivals.of(label).filter(({ callback }) => own.includes(callback.taskId));
}

import type { Expectation } from '../expectations.js';
import type { EngineNotes } from './engine-notes.js';
import { type SpageTask, spagePlan } from './spage-plan.js';
import type { SpageJourney } from './spage-run.js';

/** What had to happen, and whether it did. */
export function judgeSpage(journeys: ReadonlyMap<string, SpageJourney>, notes: EngineNotes): Expectation[] {
  const tasks: readonly SpageTask[] = Object.values(spagePlan);
  return [
    ...tasks.flatMap((task) => [
      expectEnd(task, journeys.get(task.name)),
      expectBegun(task, notes),
      expectNoSurvivor(task, journeys.get(task.name)),
    ]),
    expectProgress(journeys.get(spagePlan.progress.name)),
    expectAllSteps(spagePlan.away, journeys.get(spagePlan.away.name)),
  ];
}

function expectEnd({ name, end }: SpageTask, journey: SpageJourney | undefined): Expectation {
  const isSo = journey?.events.some(({ type }) => type === `task.${end}`) ?? false;
  const last = journey?.events.at(-1)?.type ?? 'nothing was heard of it';
  return { text: `${name}: ${end}`, missing: isSo ? undefined : last };
}

function expectBegun({ name, begun }: SpageTask, notes: EngineNotes): Expectation {
  const times = notes.begun(name);
  return { text: `${name}: begun ${begun} times`, missing: times === begun ? undefined : `${times} times` };
}

function expectNoSurvivor({ name }: SpageTask, journey: SpageJourney | undefined): Expectation {
  const missing = journey?.survivors ? 'some is' : undefined;
  return { text: `${name}: no process of it is left at its end`, missing };
}

/** It moves: several values, each above the one before. */
function expectProgress(journey: SpageJourney | undefined): Expectation {
  const values = journey?.events
    .filter(({ type }) => type === 'task.progress')
    .map(({ data }) => Number(data.progress));
  const different = new Set(values).size;
  return { text: 'progress: moves', missing: different >= 3 ? undefined : `${different} values were seen` };
}

/** What happened while the API was away is told afterwards. */
function expectAllSteps({ name, steps }: SpageTask, journey: SpageJourney | undefined): Expectation {
  const told = new Set(
    journey?.events
      .filter(({ type }) => type === 'task.progress')
      .map(({ data }) => data.message?.split(':', 1)[0]),
  );
  const text = `${name}: all ${steps.length} steps are told of`;
  return { text, missing: told.size === steps.length ? undefined : `${told.size} are` };
}

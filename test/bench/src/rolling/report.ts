import { table } from '../table.js';
import type { PhaseResult } from './account.js';
import type { Fleet } from './fleet.js';

/** The phase that the others are compared with. */
export const CALM = 'calm';

interface RollingResults {
  readonly phases: readonly PhaseResult[];
  readonly recurred: PhaseResult;
  readonly fleet: Pick<Fleet, 'stopped' | 'badEnds'>;
}

const HEADING = [
  '',
  'registered',
  'unknown',
  'delivered',
  'lost',
  'doubled',
  'early',
  'p50 ms',
  'p99 ms',
  '× calm',
];

export function report({
  phases,
  recurred,
  fleet,
  reconnects,
}: RollingResults & { reconnects: number }): string {
  const rows = [...phases, recurred].map(({ name, p50, p99, ...counts }) => [
    name,
    ...Object.values(counts).map(String),
    ...[p50, p99, p99 / calmP99(phases)].map((value) => value.toFixed(1)),
  ]);
  const stops = `${fleet.stopped} services stopped, ${fleet.badEnds.length} of them not in order`;
  return [table([HEADING, ...rows]), '', `${stops}; ${reconnects} reconnects`, ...fleet.badEnds, ''].join(
    '\n',
  );
}

/** @param mostTimesCalm by how much p99 of a phase may exceed that of the calm one; undefined: it is not judged. */
export function isGood(
  { phases, recurred, fleet }: RollingResults,
  mostTimesCalm: number | undefined,
): boolean {
  const faults = [...phases, recurred].map(({ lost, doubled, early }) => lost + doubled + early);
  const changes = phases.slice(phases.findIndex(({ name }) => name === CALM));
  const punctual =
    mostTimesCalm === undefined || changes.every(({ p99 }) => p99 <= mostTimesCalm * calmP99(phases));
  return faults.every((count) => count === 0) && punctual && fleet.badEnds.length === 0;
}

function calmP99(phases: readonly PhaseResult[]): number {
  return phases.find(({ name }) => name === CALM)?.p99 ?? Number.NaN;
}

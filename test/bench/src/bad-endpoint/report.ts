import type { Measured } from '../measure.js';
import { table } from '../table.js';

/** How the others fared in each case, and by how much worse than in the first one. */
export function report(cases: readonly (readonly [what: string, measured: Measured])[]): string {
  const alone = cases[0]?.[1].arrived.lateness;
  const times = (late: number, then = Number.NaN) => `${(late / then).toFixed(2)} ×`;
  return table([
    [
      'the others',
      'delivered',
      'late p50',
      'p99',
      'p99.9',
      'max ms',
      'p50',
      'p99',
      'Redis CPU',
      'worker CPU',
    ],
    ...cases.map(
      ([
        what,
        {
          arrived: { lateness, received },
          usage,
          registered,
        },
      ]) => [
        what,
        `${received} of ${registered.count}`,
        ...[lateness.p50, lateness.p99, lateness.p999, lateness.max].map((ms) => ms.toFixed(1)),
        times(lateness.p50, alone?.p50),
        times(lateness.p99, alone?.p99),
        ...[usage.redis, usage.processes.worker ?? 0].map(
          (s) => `${((s / registered.seconds) * 100).toFixed(0)} %`,
        ),
      ],
    ),
  ]);
}

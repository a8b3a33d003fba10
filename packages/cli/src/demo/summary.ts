import type { Arrivals } from './arrivals.js';

/** A task, as far as the table needs it. */
export interface SummaryTask {
  readonly kind: string;
  readonly label: string;
  readonly expected: number;
}

/** A table with one line per kind, in the order of the plan. The lateness is that of first attempts. */
export function summaryTable(plan: readonly SummaryTask[], arrivals: Arrivals): string {
  const kinds = new Set(plan.map(({ kind }) => kind));
  const rows = [...kinds].map((kind) => {
    const tasks = plan.filter((task) => task.kind === kind);
    const came = tasks.flatMap(({ label }) => arrivals.of(label));
    const expected = tasks.reduce((sum, task) => sum + task.expected, 0);
    const first = came.filter(({ callback }) => callback.attempt === 1);
    const lateness = first.map(({ latenessMs }) => latenessMs).sort((a, b) => a - b);
    const figures = [0.5, 0.99, 1].map((share) => milliseconds(percentile(lateness, share)));
    return [kind, String(tasks.length), String(expected), String(came.length), ...figures];
  });
  return format([['kind', 'registered', 'expected', 'seen', 'late p50', 'p99', 'max'], ...rows]);
}

/** Nearest rank. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} ms`;
}

function format(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
  return rows.map((row) => `  ${line(row).join('   ')}`).join('\n');
}

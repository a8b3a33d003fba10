import { formatTable, harmless } from '../../print.js';

interface Activity {
  readonly registered: number;
  readonly cancelled: number;
  readonly delivered: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly givenBack: number;
  readonly lateness: { readonly p50: number | null; readonly p99: number | null };
}

/** What happened in the last minute, in steps of ten seconds. */
export interface Stats {
  readonly client: string | null;
  readonly now: string;
  readonly series: readonly Activity[];
  readonly total: Activity;
  readonly waiting?: { readonly tasks: number; readonly deadLetters: number };
  readonly heldEndpoints: readonly { readonly client: string; readonly endpoint: string }[];
}

/** What is due in the next minute, in slots of ten seconds. */
export interface Forecast {
  readonly before: number;
  readonly slots: readonly number[];
}

const STEP_S = 10;
const TOTAL_S = 60;
const COUNTS = [
  ['registered', 'registered'],
  ['cancelled', 'cancelled'],
  ['delivered', 'delivered'],
  ['retried', 'retried'],
  ['dead-lettered', 'deadLettered'],
  ['given back', 'givenBack'],
] as const;

export function renderTop(url: string, stats: Stats, forecast: Forecast): string {
  const { now, client, waiting, heldEndpoints } = stats;
  const lines = [
    `${url}  ${client ?? 'all clients'}  ${now}`,
    '',
    ...formatTable([['per second', 'last 10 s', 'last minute'], ...rates(stats)]),
    '',
    `due          ${due(forecast)}`,
    ...(waiting ? [`waiting      ${waiting.tasks} tasks, ${waiting.deadLetters} dead letters`] : []),
    ...heldEndpoints.map(({ endpoint }) => `held back    ${harmless(endpoint)}: it keeps failing`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The same of the last ten seconds in one line, for a pipe. */
export function topLine({ now, series, waiting }: Stats, forecast: Forecast): string {
  const last = series.at(-1);
  const counts = COUNTS.map(([name, field]) => `${name} ${rate(last?.[field] ?? 0, STEP_S)}/s`);
  const parked = waiting ? [`${waiting.tasks} tasks`, `${waiting.deadLetters} dead letters`] : [];
  return [now, ...counts, `late ${late(last)}`, due(forecast), ...parked].join('\t');
}

function rates({ series, total }: Stats): string[][] {
  const last = series.at(-1);
  const counts = COUNTS.map(([name, field]) => [
    name,
    rate(last?.[field] ?? 0, STEP_S),
    rate(total[field], TOTAL_S),
  ]);
  return [...counts, ['late p50 / p99', late(last), late(total)]];
}

function rate(count: number, seconds: number): string {
  return (count / seconds).toFixed(1);
}

function late(activity: Activity | undefined): string {
  const { p50 = null, p99 = null } = activity?.lateness ?? {};
  return p50 === null || p99 === null ? 'none' : `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}

function due({ before, slots }: Forecast): string {
  const soon = slots.reduce((sum, count) => sum + count, 0);
  return `${before} overdue, ${slots[0] ?? 0} in 10 s, ${soon} in a minute`;
}

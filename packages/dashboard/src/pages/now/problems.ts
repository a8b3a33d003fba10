import type { Process, Stats } from '../../api/types.js';
import { count, duration } from '../../ui/format.js';
import { sumOf } from './sum-of.js';

export interface Problem {
  readonly level: 'warning' | 'bad';
  readonly text: string;
  /** Where the rows behind it are. */
  readonly to?: string;
}

/** Over so many of the latest seconds. */
const LATELY_S = 60;
/** Registrations are refused from this share of Redis's memory on. */
const MEMORY_FULL = 0.8;
const LATE_MS = 1_000;

/** What needs somebody's attention, the worst first; nothing: all is well. */
export function problemsOf(stats: Stats): Problem[] {
  const lately = stats.series.slice(-LATELY_S);
  const problems = [...problemsOfProcesses(stats.processes), ...problemsOfWork(stats)];
  const dead = sumOf(lately, 'deadLettered');
  if (dead > 0) {
    problems.push({
      level: 'warning',
      text: `${count(dead)} dead-lettered in the last minute`,
      to: '/dead-letters',
    });
  }
  const p99 = worstLateness(stats);
  if (p99 > LATE_MS)
    problems.push({ level: 'warning', text: `Attempts are up to ${duration(p99)} late (p99)` });
  return problems.sort((a, b) => Number(b.level === 'bad') - Number(a.level === 'bad'));
}

/** The highest p99 of the last ten seconds, ms. */
function worstLateness({ series }: Stats): number {
  return Math.max(0, ...series.slice(-10).map(({ lateness }) => lateness.p99 ?? 0));
}

function problemsOfWork({ heldEndpoints }: Stats): Problem[] {
  if (heldEndpoints.length === 0) return [];
  const [one] = heldEndpoints;
  const what =
    heldEndpoints.length === 1
      ? `${one?.endpoint} keeps failing`
      : `${heldEndpoints.length} endpoints keep failing`;
  return [{ level: 'warning', text: `${what}; what is due there is held back` }];
}

function problemsOfProcesses(processes: readonly Process[] | undefined): Problem[] {
  if (!processes) return [];
  const problems: Problem[] = [];
  for (const service of ['scheduler', 'worker', 'gateway']) {
    if (!processes.some((one) => one.service === service)) {
      problems.push({ level: 'bad', text: `No ${service} is running` });
    }
  }
  const memory = Math.max(0, ...processes.map(({ gauges }) => gauges.redisMemory ?? 0));
  if (memory >= MEMORY_FULL) {
    problems.push({
      level: 'bad',
      text: `Redis uses ${Math.round(memory * 100)} % of its memory: registrations are refused`,
    });
  }
  const overdue = gaugeSum(processes, 'overdue');
  if (overdue > gaugeSum(processes, 'slots')) {
    problems.push({ level: 'warning', text: `${count(overdue)} are due and not claimed` });
  }
  const [slots, used] = [gaugeSum(processes, 'slots'), gaugeSum(processes, 'slotsInUse')];
  if (slots > 0 && used >= slots * 0.95)
    problems.push({ level: 'warning', text: 'Nearly all delivery slots are in use' });
  if (new Set(processes.map(({ version }) => version)).size > 1) {
    problems.push({ level: 'warning', text: 'Processes of several releases are running' });
  }
  return problems;
}

export function gaugeSum(processes: readonly Process[], name: string): number {
  return processes.reduce((sum, { gauges }) => sum + (gauges[name] ?? 0), 0);
}

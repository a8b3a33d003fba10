import { drainRate, type Measured } from './measure.js';
import type { Percentiles } from './processes/percentiles.js';
import type { Results } from './results.js';
import type { Baseline } from './scenarios/baseline.js';
import { held } from './scenarios/sustain.js';
import { table } from './table.js';

/** What was measured, for people. */
export function report(results: Results): string {
  const sections = [
    machine(results),
    parked(results),
    load(results),
    idle(results),
    ratios(results),
    faults(results),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function machine({ machine: on }: Results): string {
  if (!on) return '';
  return `${on.cores} cores (${on.cpu}), Node ${on.node}, Redis ${on.redis}, hz 10, AOF everysec, all on loopback`;
}

function parked({ parked: p }: Results): string {
  if (!p) return '';
  return table([
    [`${whole(p.count)} parked tasks of 100 bytes`, 'measured', 'budget'],
    ['memory per task', `${whole(p.bytesPerTask)} B`, '650 B'],
    ['Redis CPU per registration', micros(p.redisMicrosPerTask), micros(15)],
    ['gateway CPU per registration', micros(p.gatewayMicrosPerTask), ''],
    ['registrations on one connection', `${whole(p.registrationsPerSecond)}/s`, ''],
    ['Redis CPU while nothing happens', `${p.idleRedisPercent.toFixed(1)} %`, '2 %'],
  ]);
}

function load(results: Results): string {
  const rows = [
    ...results.steady.map((measured) => loadRow(measured, steadyRate(measured))),
    ...(results.drain ? [loadRow(results.drain, drainRate(results.drain))] : []),
    ...sustainRows(results.sustain ?? []),
    ...(results.baseline ? baselineRows(results.baseline) : []),
  ];
  if (rows.length === 0) return '';
  const late = ['late p50', 'p99', 'p99.9', 'max ms'];
  const cpu = ['Redis', 'gateway', 'scheduler', 'worker', 'all services µs/task'];
  return table([['', 'tasks/s', ...late, ...cpu], ...rows]);
}

function baselineRows({ steady, drain }: Baseline): string[][] {
  return [loadRow(steady, steadyRate(steady)), loadRow(drain, drainRate(drain))];
}

function loadRow(measured: Measured, rate: number): string[] {
  const { redis, gateway, scheduler, worker } = measured.perTask;
  return [
    measured.name,
    whole(rate),
    ...milliseconds(measured.arrived.lateness),
    ...[redis, gateway, scheduler, worker, servicesPerTask(measured)].map((n) =>
      n === undefined ? '' : whole(n),
    ),
  ];
}

function sustainRows(steps: readonly Measured[]): string[][] {
  return steps.map((step) =>
    loadRow({ ...step, name: `${step.name} ${held(step) ? 'held' : 'fell behind'}` }, steadyRate(step)),
  );
}

/** At what pace tasks were registered; whether the callbacks kept it shows in their lateness. */
function steadyRate({ registered, arrived }: Measured): number {
  return arrived.received / registered.seconds;
}

function idle({ idle: measured }: Results): string {
  if (!measured) return '';
  const { sinceSent, lateness } = measured.arrived;
  return table([
    ['delay 0, idle system', 'p50', 'p99', 'p99.9', 'max ms'],
    ['registration to callback (goal: p50 20 ms)', ...milliseconds(sinceSent)],
    ['due to callback', ...milliseconds(lateness)],
  ]);
}

function ratios({ steady, drain, baseline }: Results): string {
  const sameRate = baseline && steady.find(({ name }) => `baseline ${name}` === baseline.steady.name);
  const rows = [
    ...(drain && baseline ? drainRatios(drain, baseline.drain) : []),
    ...(sameRate ? cpuRatios(sameRate.name, sameRate, baseline.steady) : []),
  ];
  return rows.length === 0 ? '' : table([['Boomerang against the baseline', 'measured', 'goal'], ...rows]);
}

function drainRatios(ours: Measured, baseline: Measured): string[][] {
  const throughput = (drainRate(ours) / drainRate(baseline)).toFixed(2);
  return [['drain: throughput', `${throughput} times`, '3 times'], ...cpuRatios('drain', ours, baseline)];
}

function cpuRatios(name: string, ours: Measured, baseline: Measured): string[][] {
  const redis = (baseline.perTask.redis ?? Number.NaN) / (ours.perTask.redis ?? Number.NaN);
  const services = servicesPerTask(baseline) / servicesPerTask(ours);
  return [
    [`${name}: Redis CPU per task`, `1/${redis.toFixed(2)}`, '1/6'],
    [`${name}: service CPU per task`, `1/${services.toFixed(2)}`, ''],
  ];
}

function servicesPerTask({ perTask }: Measured): number {
  const { gateway = 0, scheduler = 0, worker = 0, service = 0 } = perTask;
  return gateway + scheduler + worker + service;
}

function faults({ faults: found }: Results): string {
  if (found.length === 0) return 'Every task went there and back exactly once, and none was early.';
  return table([
    ['FAULTS', 'lost', 'doubled', 'early'],
    ...found.map(({ name, lost, doubled, early }) => [name, whole(lost), whole(doubled), whole(early)]),
  ]);
}

function milliseconds({ p50, p99, p999, max }: Percentiles): string[] {
  return [p50, p99, p999, max].map((ms) => ms.toFixed(1));
}

function micros(n: number): string {
  return `${n.toFixed(1)} µs`;
}

function whole(n: number): string {
  return Math.round(n).toLocaleString('en');
}

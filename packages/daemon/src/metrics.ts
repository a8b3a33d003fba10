import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Verdict } from './runs/verdict.js';

export interface DaemonMetrics {
  engines(running: number): void;
  ended(engine: string, status: Verdict['status'], durationMs: number): void;
  apiUp(isUp: boolean): void;
  /** What waits for the API. */
  spooled(reports: number, bytes: number): void;
  reportsDropped(reports: number): void;
  /** A call of SpageExecution was answered. */
  call(method: string, code: string): void;
}

/** Up to a day: engines run for seconds or for hours. */
const SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

export function createDaemonMetrics(registry: Registry): DaemonMetrics {
  const registers = [registry];
  const engines = new Gauge({
    name: 'boomerang_daemon_engines',
    help: 'Engines that run now.',
    registers,
  });
  const runs = new Histogram({
    name: 'boomerang_daemon_run_seconds',
    help: 'How long engines ran, by how it ended.',
    labelNames: ['engine', 'status'],
    buckets: SECONDS,
    registers,
  });
  const calls = new Counter({
    name: 'boomerang_daemon_calls_total',
    help: 'Calls of SpageExecution, by how they were answered.',
    labelNames: ['method', 'code'],
    registers,
  });
  const up = new Gauge({
    name: 'boomerang_daemon_api_up',
    help: 'Whether there is a stream with the API: 1 or 0.',
    registers,
  });
  const reports = new Gauge({
    name: 'boomerang_daemon_spooled_reports',
    help: 'Reports that wait for the API.',
    registers,
  });
  const bytes = new Gauge({
    name: 'boomerang_daemon_spool_bytes',
    help: 'Size of what waits for the API on the disk.',
    registers,
  });
  const dropped = new Counter({
    name: 'boomerang_daemon_reports_dropped_total',
    help: 'Reports of progress and output that were given up, for want of room.',
    registers,
  });
  return {
    apiUp: (isUp) => up.set(isUp ? 1 : 0),
    spooled: (count, size) => {
      reports.set(count);
      bytes.set(size);
    },
    reportsDropped: (count) => dropped.inc(count),
    engines: (running) => engines.set(running),
    ended: (engine, status, durationMs) => runs.observe({ engine, status }, durationMs / 1_000),
    call: (method, code) => calls.inc({ method, code }),
  };
}

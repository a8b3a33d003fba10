import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, guardAgainstOrphan } from '@boomerang/redis-server';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { alertExpressions, dashboardExpressions, observabilityFolder } from './expressions.js';
import { findPrometheus } from './find-prometheus.js';

const tools = await findPrometheus();
if ('missing' in tools) console.warn(`nothing is tested with Prometheus: ${tools.missing}`);
const { prometheus, promtool } = 'missing' in tools ? { prometheus: '', promtool: '' } : tools;

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

describe.skipIf('missing' in tools)('alert rules', () => {
  test('fire when they should, and only then', async () => {
    const run = promisify(execFile)(promtool, ['test', 'rules', 'alerts.test.yaml'], {
      cwd: observabilityFolder,
    });
    expect((await run).stdout).toContain('SUCCESS');
  });
});

describe.skipIf('missing' in tools)('a Prometheus that scrapes a running stack', () => {
  let stack: TestStack;
  let arrivals: Arrivals;
  let folder: string;
  let url: string;
  let stopPrometheus: () => Promise<void>;

  beforeAll(async () => {
    stack = await startStack({ counts: { scheduler: 2, worker: 2 } });
    arrivals = await receiveCallbacks(stack.redis.redis, ({ text }) =>
      text === 'bad' ? { error: 'no' } : undefined,
    );
    folder = mkdtempSync(join(tmpdir(), 'boomerang-prometheus-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    stopPrometheus = startPrometheus(port);
    await reading('count(up == 1)', (up) => up === Object.values(stack.httpPorts).flat().length);
    await load();
    await reading('sum(boomerang_worker_settled_attempts_total)', (settled) => settled >= 202);
    await reading('sum(boomerang_scheduler_parked_occurrences)', (parked) => parked === 1);
    await reading('sum(rate(boomerang_worker_lateness_seconds_count[1m]))', (rate) => rate > 0);
  }, 120_000);

  afterAll(async () => {
    await stopPrometheus?.();
    await arrivals?.close();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function startPrometheus(port: number): () => Promise<void> {
    const targets = Object.values(stack.httpPorts)
      .flat()
      .map((httpPort) => `127.0.0.1:${httpPort}`);
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(observabilityFolder, 'alerts.yaml')],
      scrape_configs: [{ job_name: 'boomerang', static_configs: [{ targets }] }],
    };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn(prometheus, args, { stdio: 'ignore', cwd: folder });
    guardAgainstOrphan(child, { signal: 'KILL' });
    return async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    };
  }

  /** Something for every panel: deliveries, retries, a dead letter, parked tasks, a refused request. */
  async function load(): Promise<void> {
    const retry = { maxAttempts: 2, strategy: 'FIXED', intervalMs: 200 } as const;
    const session = await sessionOn(stack, { callback: http(arrivals), retry });
    await Promise.all(Array.from({ length: 200 }, (_, i) => session.setTimeout('good', i * 20)));
    await Promise.all([session.setTimeout('bad', 0), session.setTimeout('later', 30_000)]);
    await session.get('no such task').catch(() => undefined);
  }

  async function query(expr: string): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return (await response.json()) as Answer;
  }

  async function reading(expr: string, good: (value: number) => boolean): Promise<void> {
    const message = `Prometheus to have scraped enough for ${expr}`;
    await waitFor(async () => good(Number(await readingOf(expr))), { timeoutMs: 60_000, message });
  }

  async function readingOf(expr: string): Promise<string | undefined> {
    return (await query(expr).catch(() => undefined))?.data?.result[0]?.value[1];
  }

  test('reaches every process', async () => {
    const { data } = await query('up == 1');
    expect(data.result).toHaveLength(Object.values(stack.httpPorts).flat().length);
  });

  test.each([...alertExpressions(), ...dashboardExpressions()])('answers $where: $expr', async ({ expr }) => {
    expect(await query(expr)).toMatchObject({ status: 'success' });
  });

  /** Those need a system in trouble, a client at a limit, TLS, idempotency keys, or daemons. */
  const SILENT =
    /idempotent_registrations|limits_reached|audit_entries|execution_reports|breakers|forwards|neglected|closed_connections|refused_frames|given_back|oldest_dead/;

  test('has something to show on every panel of a system that is at work', async () => {
    const empty: string[] = [];
    for (const { where, expr } of dashboardExpressions()) {
      const { data } = await query(expr);
      if (data.result.length === 0 && !SILENT.test(expr)) empty.push(`${where}: ${expr}`);
    }
    expect(empty).toEqual([]);
  });

  test('counts what belongs to the whole system once, however many replicas there are', async () => {
    expect(await readingOf('sum(boomerang_scheduler_parked_occurrences)')).toBe('1');
    expect(await readingOf('count(boomerang_scheduler_parked_occurrences)')).toBe('4');
  });

  test('tells how late callbacks are', async () => {
    const p99 = Number(
      await readingOf(
        'histogram_quantile(0.99, sum by (le) (rate(boomerang_worker_lateness_seconds_bucket[1m])))',
      ),
    );
    console.log(`lateness p99 by a real Prometheus: ${p99} s`);
    expect(p99).toBeGreaterThan(0);
  });

  test('would be told by any scheduler how many workers are needed', async () => {
    for (const port of stack.httpPorts.scheduler) {
      const response = await fetch(`http://127.0.0.1:${port}/v1/autoscale`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ parked: 1, workload: expect.any(Number) });
    }
  });
});

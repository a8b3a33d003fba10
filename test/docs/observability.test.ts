import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alertExpressions, dashboardExpressions, metricsIn } from '../observability/expressions.js';

const documentation = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
const documented = [...documentation.matchAll(/^\| `(boomerang_[a-z_<>]+)` \|/gm)].map(
  ([, name = '']) => name,
);
const services = ['gateway', 'scheduler', 'worker'];
const metrics = new Set(
  documented.flatMap((name) =>
    name.includes('<service>') ? services.map((service) => name.replace('<service>', service)) : [name],
  ),
);

test.each([...alertExpressions(), ...dashboardExpressions()])(
  '$where reads metrics that exist: $expr',
  ({ expr }) => {
    for (const metric of metricsIn(expr)) expect(metrics).toContain(metric);
  },
);

/** What is only looked at when something else has told that it matters. */
const NOT_SHOWN = ['boomerang_gateway_tls_certificates_total', 'boomerang_worker_breaker_transitions_total'];

test('every metric is shown on the dashboard or watched by an alert, but for those listed here', () => {
  const read = new Set(
    [...alertExpressions(), ...dashboardExpressions()].flatMap(({ expr }) => metricsIn(expr)),
  );
  // Daemons run beside engines, on machines that the stack's Prometheus need not reach.
  const ofServices = [...metrics].filter((metric) => !metric.startsWith('boomerang_daemon_'));
  expect(ofServices.filter((metric) => !read.has(metric))).toEqual(NOT_SHOWN);
});

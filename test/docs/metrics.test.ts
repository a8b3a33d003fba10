import { describe, expect, test } from 'vitest';
import { createDaemonMetrics } from '../../packages/daemon/dist/metrics.js';
import { ActivityRecorder } from '../../packages/domain/dist/index.js';
import { createMetrics } from '../../packages/runtime/dist/index.js';
import { createGatewayMetrics } from '../../services/gateway/dist/metrics.js';
import { createSchedulerMetrics } from '../../services/scheduler/dist/metrics.js';
import { createWorkerMetrics } from '../../services/worker/dist/metrics.js';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('docs/metrics.md');

type Registry = ReturnType<typeof createMetrics>;

const shared = (_: Registry) => undefined;
const services: [heading: string, register: (registry: Registry) => unknown][] = [
  ['Every service', shared],
  ['Gateway', createGatewayMetrics],
  ['Scheduler', createSchedulerMetrics],
  ['Daemon', createDaemonMetrics],
  ['Worker', (registry) => createWorkerMetrics(registry, 1, new ActivityRecorder())],
];

/** The registry's own metrics as rows of the documentation; those of the process are the library's to document. */
async function rows(registry: Registry) {
  const labels = new Map(registry.getMetricsAsArray().map((metric) => [metric.name, labelNames(metric)]));
  const metrics = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => name.startsWith('boomerang_'))
    .map(({ name, type, help }) => ({
      metric: name,
      type: String(type),
      labels: labels.get(name),
      meaning: help,
    }));
}

/** prom-client keeps them, but not in its types. */
function labelNames(metric: object): string {
  return (metric as { labelNames: string[] }).labelNames.join(', ');
}

describe('docs/metrics.md', () => {
  test.each(services)('tells every metric under "%s" as the code registers it', async (heading, register) => {
    const everywhere = createMetrics({ service: 'test' });
    const own = createMetrics({ service: 'test' });
    register(own);
    const common = register === shared ? [] : await rows(everywhere);
    const expected = (await rows(own)).filter(({ metric }) => !common.some((row) => row.metric === metric));
    const documented = tableUnder(page, heading).map((row) => ({
      ...row,
      labels: row.labels?.replaceAll('`', ''),
    }));
    expect(documented).toEqual(expected);
  });
});

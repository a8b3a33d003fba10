import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from './version.js';

export interface MetricsOptions {
  service: string;
}

/** A registry with the metrics of the process and `boomerang_build_info`. The service adds its own metrics to it. */
export function createMetrics({ service }: MetricsOptions): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'boomerang_build_info',
    help: 'Always 1; the labels tell which service of which version runs here.',
    labelNames: ['service', 'version'],
    registers: [registry],
  }).set({ service, version: VERSION }, 1);
  return registry;
}

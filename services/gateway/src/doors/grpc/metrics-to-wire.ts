import type { spage } from '@boomerang/protocol';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/**
 * What Prometheus would read at this moment, each sample under its name and labels as `/metrics` writes them, for example
 * `boomerang_gateway_requests_total{operation="SubmitTask",code="ok"}`. A histogram's samples are its buckets, sum and count.
 */
export async function metricsToWire(registry: Registry): Promise<spage.core.Metrics.$Properties> {
  const counters: Record<string, number> = {};
  const gauges: Record<string, number> = {};
  const histograms: Record<string, number> = {};
  const places: Readonly<Record<string, Record<string, number>>> = { counter: counters, gauge: gauges };
  for (const metric of (await registry.getMetricsAsJSON()) as MetricObjectWithValues<Sample>[]) {
    const place = places[metric.type] ?? histograms;
    for (const sample of metric.values) place[nameOf(metric.name, sample)] = sample.value;
  }
  return { counters, gauges, histograms };
}

type Sample = MetricValue<string> & { readonly metricName?: string };

function nameOf(metric: string, { metricName = metric, labels }: Sample): string {
  const shown = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(String(value))}`);
  return shown.length === 0 ? metricName : `${metricName}{${shown.join(',')}}`;
}

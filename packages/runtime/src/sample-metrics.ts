import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/** Samples by the kind of their metric, each under its name and labels. */
export interface MetricSamples {
  readonly counters: Record<string, number>;
  readonly gauges: Record<string, number>;
  /** Buckets, sums and counts. */
  readonly histograms: Record<string, number>;
}

/**
 * What Prometheus would read at this moment, each sample under its name and labels as `/metrics` writes them, for example
 * `boomerang_gateway_requests_total{operation="SubmitTask",code="ok"}`. A histogram's samples are its buckets, sum and count.
 */
export async function sampleMetrics(registry: Registry): Promise<MetricSamples> {
  const samples: MetricSamples = { counters: {}, gauges: {}, histograms: {} };
  const places: Readonly<Record<string, Record<string, number>>> = {
    counter: samples.counters,
    gauge: samples.gauges,
  };
  for (const metric of (await registry.getMetricsAsJSON()) as MetricObjectWithValues<Sample>[]) {
    const place = places[metric.type] ?? samples.histograms;
    for (const sample of metric.values) place[nameOf(metric.name, sample)] = sample.value;
  }
  return samples;
}

type Sample = MetricValue<string> & { readonly metricName?: string };

function nameOf(metric: string, { metricName = metric, labels }: Sample): string {
  const shown = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(String(value))}`);
  return shown.length === 0 ? metricName : `${metricName}{${shown.join(',')}}`;
}

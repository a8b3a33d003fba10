import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/**
 * The value of metrics at this moment, each the sum over its labels; one that has no value is left out.
 *
 * @param metrics the names of metrics, by the name that their value gets.
 */
export async function readGauges(
  registry: Registry,
  metrics: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const gauges: Record<string, number> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    const reading = registry.getSingleMetric(metric);
    if (!reading) throw new Error(`no metric is called ${metric}`);
    const { values } = (await reading.get()) as MetricObjectWithValues<MetricValue<string>>;
    if (values.length > 0) gauges[name] = values.reduce((sum, { value }) => sum + value, 0);
  }
  return gauges;
}

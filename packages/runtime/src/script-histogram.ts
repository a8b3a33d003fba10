import { Histogram, type Registry } from 'prom-client';

/** Is called with the time that a script on the store took, s. */
export type ScriptObserver = (script: string, seconds: number) => void;

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A histogram of the time that scripts on the store take, measured by the service. */
export function createScriptHistogram(service: string, registry: Registry): ScriptObserver {
  const histogram = new Histogram({
    name: `boomerang_${service}_redis_duration_seconds`,
    help: 'From a script sent to Redis to its reply or failure, by script.',
    labelNames: ['script'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return (script, seconds) => histogram.observe({ script }, seconds);
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from './metrics.js';
import { VERSION } from './version.js';

test('tells the build and the process', async () => {
  const text = await createMetrics({ service: 'worker' }).metrics();
  expect(text).toContain(`boomerang_build_info{service="worker",version="${VERSION}"} 1`);
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

test('two registries share nothing', async () => {
  const [one, other] = [createMetrics({ service: 'a' }), createMetrics({ service: 'b' })];
  expect(await one.getSingleMetricAsString('boomerang_build_info')).not.toContain('"b"');
  expect(await other.getSingleMetricAsString('boomerang_build_info')).not.toContain('"a"');
});

test('the version is that of package.json', () => {
  const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(packageJson.version);
});

import { createServer } from 'node:net';
import { Counter } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import type { Check } from './health-routes.js';
import { createHealthServer, type HealthServer } from './health-server.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { redactText } from './secrets/redact-text.js';

const running: HealthServer[] = [];
const lines: string[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  lines.length = 0;
});

function create({ live = () => undefined, ready = () => undefined, port = 0 }: Partial<Parts> = {}) {
  const registry = createMetrics({ service: 'test' });
  const logger = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } });
  const checks = { live, ready, logger, redact: redactText };
  const server = createHealthServer({ httpPort: port, host: '127.0.0.1', registry, ...checks });
  running.push(server);
  return { registry, server };
}

interface Parts {
  live: Check;
  ready: Check;
  port: number;
}

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

describe('createHealthServer', () => {
  test('answers ok while all is fine', async () => {
    const port = await create().server.start();
    expect(await get(port, '/livez')).toEqual({ status: 200, body: '{"status":"ok"}' });
    expect(await get(port, '/readyz')).toEqual({ status: 200, body: '{"status":"ok"}' });
  });

  test('answers 503 with the reason, each check for itself', async () => {
    const port = await create({ ready: async () => 'no Redis' }).server.start();
    expect(await get(port, '/livez')).toMatchObject({ status: 200 });
    expect(await get(port, '/readyz')).toEqual({
      status: 503,
      body: '{"status":"unavailable","reason":"no Redis"}',
    });
  });

  test('takes a check that throws or never answers as failed', async () => {
    const port = await create({
      live: () => Promise.reject(new Error('broken')),
      ready: () => new Promise(() => undefined),
    }).server.start();
    expect((await get(port, '/livez')).body).toBe('{"status":"unavailable","reason":"broken"}');
    expect((await get(port, '/readyz')).body).toContain('no answer within 2000 ms');
  });

  test('answers no secret that a reason holds', async () => {
    const reason = 'redis refuses: unknown command, with args beginning with: sesame at redis://:sesame@host';
    const { body } = await get(await create({ ready: () => reason }).server.start(), '/readyz');
    expect(JSON.parse(body).reason).toBe('redis refuses: unknown command');
  });

  test('logs a check when its answer changes, not at each request', async () => {
    let reason: string | undefined;
    const port = await create({ ready: () => reason }).server.start();
    const answers = [undefined, 'no Redis', 'no Redis', undefined, undefined];
    for (const answer of answers) {
      reason = answer;
      await get(port, '/readyz');
    }
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'info']);
  });

  test('serves the metrics of its registry', async () => {
    const { registry, server } = create();
    new Counter({ name: 'boomerang_test_things_total', help: 'Things.', registers: [registry] }).inc(7);
    expect((await get(await server.start(), '/metrics')).body).toContain('boomerang_test_things_total 7');
  });

  test('refuses a port in use, and closes twice without complaint', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address() as { port: number };
    const { server } = create({ port: address.port });
    await expect(server.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
    await server.close();
    await new Promise((resolve) => other.close(resolve));
  });
});

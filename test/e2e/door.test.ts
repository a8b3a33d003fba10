import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, openSession, type Session } from '@boomerang/client';
import {
  selfSignedCertificate,
  startStack,
  startTestRedis,
  type TestStack,
  waitFor,
} from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGatewayFigures, watchMemory } from '../bench/src/door/gateway-figures.js';
import { besiege } from '../bench/src/door/siege.js';
import { throwFrames } from '../bench/src/door/throw-frames.js';
import { createBenchClient, serviceEnvironment } from '../bench/src/service-environment.js';

const callback = { protocol: 'HTTP', endpoint: 'http://127.0.0.1:1/' } as const;
const GATEWAY_ALONE = { scheduler: 0, worker: 0 };

describe('a gateway besieged by strangers', () => {
  let stack: TestStack;
  let session: Session;
  let port: number;
  let http: number;
  beforeAll(async () => {
    const env = {
      gateway: {
        BOOMERANG_TCP_MAX_CONNECTIONS_PER_ADDRESS: '2000',
        // It is about what frames do, and not about how fast they may come.
        BOOMERANG_CLIENT_CONNECTIONS_PER_SECOND: '1000000',
      },
    };
    stack = await startStack({ counts: GATEWAY_ALONE, env });
    port = stack.tcpPorts[0] as number;
    http = stack.httpPorts.gateway[0] as number;
    session = await openSession(await connect({ port }), { token: stack.token, callback });
    // What a gateway takes once, for code that runs the first time, is nobody's attack.
    await besiege({ port, hostility: 'huge', connections: 200, forMs: 500, pauseMs: 100 });
  });
  afterAll(() => stack?.stop());

  /** All are gone but the connection of the session, which still works. */
  async function expectPeace(): Promise<void> {
    const left = async () => (await readGatewayFigures(http)).connections === 1;
    await waitFor(left, { timeoutMs: 20_000, message: 'all strangers to be gone' });
    await session.setTimeout('still there', 3_600_000);
  }

  test.each([
    ['announce huge frames', 'huge', 'frame_too_large'],
    ['send slowly', 'slow', 'no_session'],
    ['send nothing', 'silent', 'no_session'],
  ] as const)(
    '1,000 connections that %s cost less than 50 MB and are closed',
    async (_what, hostility, reason) => {
      const before = await readGatewayFigures(http);
      const memory = watchMemory(http);
      const forMs = hostility === 'huge' ? 3_000 : 8_000;
      const { opened, closed } = await besiege({
        port,
        hostility,
        connections: 1_000,
        forMs,
        pauseMs: 1_000,
      });
      const growth = (await memory.stop()) - before.residentBytes;
      const after = await readGatewayFigures(http);
      expect(opened).toBeGreaterThanOrEqual(1_000);
      expect(closed).toBeGreaterThan(0);
      expect((after.closed[reason] ?? 0) - (before.closed[reason] ?? 0)).toBeGreaterThanOrEqual(closed);
      expect(growth / 1_048_576).toBeLessThan(50);
      await expectPeace();
    },
  );

  test('30,000 bent frames cause no fault of the gateway', async () => {
    const seed = Date.now() % 1_000_000;
    console.log(`seed of the bent frames: ${seed}`);
    const { pid } = stack.processes.gateway[0] ?? {};
    const { sessionId } = session;
    const identity = { sessionId, token: stack.token };
    const result = await throwFrames({
      port,
      ...identity,
      frames: 30_000,
      seed,
      connections: 20,
      forMs: 60_000,
    });
    const message = `seed ${seed}: ${stack.processes.gateway[0]?.logs().slice(-2_000)}`;
    expect(result.thrown, message).toBe(30_000);
    for (const outcome of [result.answered, result.refused, result.unfinished]) {
      expect(outcome, message).toBeGreaterThan(300);
    }
    expect((await readGatewayFigures(http)).internalErrors, message).toBe(0);
    expect(stack.processes.gateway[0]?.pid).toBe(pid);
    await expectPeace();
  });
});

test('a gateway without file descriptors left serves on, and recovers', async () => {
  const redis = await startTestRedis();
  const token = await createBenchClient(redis.url);
  const env = { ...process.env, ...serviceEnvironment(redis.url) };
  const main = fileURLToPath(new URL('../../services/gateway/dist/main.js', import.meta.url));
  const script = 'ulimit -n 200 && exec "$0" "$1"';
  const gateway = spawn('bash', ['-c', script, process.execPath, main], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines: string[] = [];
    createInterface({ input: gateway.stdout }).on('line', (line) => lines.push(line));
    const isReady = () => lines.find((line) => line.includes('"msg":"ready"'));
    const ready = await waitFor(isReady, { timeoutMs: 30_000, message: 'the gateway' });
    const { tcp: port, http } = JSON.parse(ready) as { tcp: number; http: number };
    const warning = lines.find((line) => line.includes('file descriptors'));
    if (process.platform === 'linux') expect(warning).toContain('"allowed":200');

    const session = await openSession(await connect({ port }), { token, callback });
    const siege = besiege({ port, hostility: 'silent', connections: 300, forMs: 4_000, pauseMs: 1_000 });
    await sleep(2_000);
    await session.setTimeout('in the middle of it', 3_600_000);
    expect((await siege).opened).toBeGreaterThan(300);
    const left = async () => (await readGatewayFigures(http)).connections;
    await waitFor(async () => (await left()) === 1, {
      timeoutMs: 20_000,
      message: 'all strangers to be gone',
    });
    await (await connect({ port })).close();
    await session.setTimeout('afterwards', 3_600_000);
    expect(gateway.exitCode).toBeNull();
  } finally {
    gateway.kill('SIGKILL');
    await redis.stop();
  }
});

describe('a gateway with a certificate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'boomerang-tls-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function write({ cert, key }: { cert: string; key: string }): Promise<Record<string, string>> {
    const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    await writeFile(files.cert, cert);
    await writeFile(files.key, key);
    return { BOOMERANG_TCP_TLS_CERT: files.cert, BOOMERANG_TCP_TLS_KEY: files.key };
  }

  test('serves over TLS, takes a new certificate without a restart, and tells when it expires', async () => {
    const expiresAtMs = Date.UTC(2041, 0, 1);
    const first = selfSignedCertificate();
    const stack = await startStack({ counts: GATEWAY_ALONE, env: { gateway: await write(first) } });
    try {
      const port = stack.tcpPorts[0] as number;
      const connection = await connect({ port, tls: { ca: first.cert } });
      const session = await openSession(connection, { token: stack.token, callback });
      await session.setTimeout(Buffer.alloc(1_000_000), 3_600_000);

      const second = selfSignedCertificate({ expiresAtMs });
      await write(second);
      const renewed = () => connect({ port, tls: { ca: second.cert } }).catch(() => sleep(200, undefined));
      await (await waitFor(renewed, { timeoutMs: 30_000, message: 'the new certificate' })).close();
      await session.setTimeout('on the old one', 3_600_000);
      const metrics = await (await fetch(`http://127.0.0.1:${stack.httpPorts.gateway[0]}/metrics`)).text();
      const expiry = /^boomerang_gateway_tls_certificate_expiry_seconds\S* (\S+)$/m.exec(metrics)?.[1];
      expect(Number(expiry) * 1_000).toBe(expiresAtMs);
    } finally {
      await stack.stop();
    }
  });

  test.each([
    [
      'half a setting',
      async () => ({ BOOMERANG_TCP_TLS_KEY: '/nowhere' }),
      /^gateway: cannot start: BOOMERANG_TCP_TLS_CERT is not set, but BOOMERANG_TCP_TLS_KEY is: .*$/m,
    ],
    [
      'files that are not there',
      async () => ({ BOOMERANG_TCP_TLS_KEY: '/nowhere.key', BOOMERANG_TCP_TLS_CERT: '/nowhere.crt' }),
      /^gateway: cannot start: BOOMERANG_TCP_TLS_CERT is "\/nowhere\.crt": expected the path of a file that can be read .*$/m,
    ],
    [
      'a key of another certificate',
      () => write({ cert: selfSignedCertificate().cert, key: selfSignedCertificate().key }),
      /^gateway: cannot start: BOOMERANG_TCP_TLS_CERT and BOOMERANG_TCP_TLS_KEY: .* belongs to it$/m,
    ],
  ])('does not start with %s, and says why in one line', async (_what, settings, message) => {
    const starting = startStack({ counts: GATEWAY_ALONE, env: { gateway: await settings() } });
    const error: Error = await starting.then(
      () => new Error('it started'),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/^\s+at /m);
  });
});

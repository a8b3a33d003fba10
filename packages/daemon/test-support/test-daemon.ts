import { createLogger, createMetrics } from '@boomerang/runtime';
import { onTestFinished } from 'vitest';
import { createDaemon, type DaemonOptions } from '../src/daemon.js';
import type { Engine } from '../src/engines/engine.js';
import { createDaemonLog } from '../src/log.js';
import { createDaemonMetrics } from '../src/metrics.js';
import { EngineClient } from './engine-client.js';
import { enginesOf, shellEngine, testFolder, writeFiles } from './engine-files.js';
import { guardProgram } from './test-guard.js';

interface TestDaemonOptions {
  readonly engine?: Partial<Engine>;
  /** Playbooks by name: lines of shell. */
  readonly playbooks?: Readonly<Record<string, string>>;
  readonly options?: Partial<DaemonOptions>;
}

/** A daemon in this process, whose engines are processes; it ends with the test. */
export async function startTestDaemon({ engine = {}, playbooks = {}, options = {} }: TestDaemonOptions = {}) {
  const folder = testFolder();
  writeFiles(folder, { 'ok.sh': 'echo done', ...playbooks });
  const registry = createMetrics({ service: 'test' });
  const daemon = createDaemon(
    {
      state: testFolder(),
      slots: 4,
      grpcHost: '127.0.0.1',
      grpcPort: 0,
      grpcTlsCert: undefined,
      grpcTlsKey: undefined,
      grpcToken: undefined,
      api: undefined,
      ...options,
    },
    {
      engines: enginesOf(shellEngine(folder, engine)),
      guardProgram,
      environment: process.env,
      prometheus: registry,
      metrics: createDaemonMetrics(registry),
      log: createDaemonLog(createLogger({ service: 'test', level: 'silent' })),
    },
  );
  const port = await daemon.start();
  onTestFinished(() => daemon.close(0));
  return { daemon, folder, port, client: new EngineClient(`127.0.0.1:${port}`) };
}

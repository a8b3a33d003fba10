#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import {
  ConfigError,
  type ConfigOf,
  createHealthServer,
  createLogger,
  createMetrics,
  createRedactor,
  createResources,
  readConfigOrExit,
  runService,
  VERSION,
} from '@boomerang/runtime';
import { Command } from 'commander';
import { ApiGateway } from './api/event-stream.js';
import { daemonSettings, hostName } from './config.js';
import { createDaemon } from './daemon.js';
import { describeEngines } from './describe-engines.js';
import { readEngines } from './engines/read-engines.js';
import { createDaemonLog } from './log.js';
import { createDaemonMetrics } from './metrics.js';
import { requireApiAccess } from './require-api-access.js';
import { requireSafeListener } from './require-safe-listener.js';
import { lockState } from './state-lock.js';

const { env } = process;
const guardProgram = fileURLToPath(new URL('./guard/main.js', import.meta.url));

const program = new Command('spage-daemon')
  .description('Runs engines for the API and for whoever asks on this machine')
  .version(VERSION);
program.command('run', { isDefault: true }).description('run until SIGTERM').action(run);
program.command('check').description('validate the configuration, and say what would run').action(check);
await program.parseAsync();

async function run(): Promise<void> {
  const config = readConfigOrExit('daemon', daemonSettings, env);
  const redact = createRedactor(daemonSettings, env);
  const logger = createLogger({ service: 'daemon', level: config.logLevel, redact });
  // Of the time for the drain a part is kept to end what still runs then.
  const patienceMs = Math.max(0, config.drainMs - 15_000);
  await runService({ name: 'daemon', logger, redact, drainMs: config.drainMs, start });

  async function start() {
    const { engines, api } = readAll(config);
    const log = createDaemonLog(logger);
    const resources = createResources();
    resources.defer('state folder', lockState(config.state));
    const registry = createMetrics({ service: 'daemon' });
    const metrics = createDaemonMetrics(registry);
    const daemon = createDaemon(
      { ...config, api },
      {
        engines,
        guardProgram,
        environment: env,
        prometheus: registry,
        metrics,
        log,
      },
    );
    const grpc = await daemon.start();
    resources.defer('daemon', () => daemon.close(patienceMs));
    const health = createHealthServer({ ...config, registry, ready: daemon.trouble, logger, redact });
    log.ready({ grpc, http: await health.start() });
    resources.defer('health server', () => health.close());
    return { close: () => resources.closeAll() };
  }
}

function check(): void {
  const config = readConfigOrExit('daemon', daemonSettings, env);
  try {
    const { engines } = readAll(config);
    process.stdout.write(`${describeEngines(engines, env.PATH)}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.problems.map((problem) => `daemon: ${problem}\n`).join(''));
    process.exitCode = 1;
  }
}

/** Everything that is validated before anything starts. */
function readAll(config: ConfigOf<typeof daemonSettings>) {
  requireSafeListener(config);
  const engines = readEngines(config.engines, config.slots, env.PATH);
  const { apiCa, spoolBytes, daemonId = hostName() } = config;
  const access = requireApiAccess(config, engines);
  const gateways = access?.urls.map((url) => new ApiGateway(url, access.apiKey, apiCa));
  return { engines, api: gateways && { gateways, spoolBytes, daemonId } };
}

import {
  connectRedis,
  createClientDirectory,
  createSessionStore,
  createTaskStore,
  loadPartitions,
  loadScripts,
} from '@boomerang/redis';
import {
  createHealthServer,
  createLogger,
  createMetrics,
  createResources,
  readConfigOrExit,
  runService,
} from '@boomerang/runtime';
import { gatewaySettings } from './config.js';
import { createGateway } from './gateway.js';
import { createGatewayLog } from './log.js';
import { createGatewayMetrics } from './metrics.js';

const config = readConfigOrExit('gateway', gatewaySettings, process.env);
const logger = createLogger({ service: 'gateway', level: config.logLevel });

await runService({ name: 'gateway', logger, drainMs: config.drainMs, start });

async function start() {
  const log = createGatewayLog(logger);
  const resources = createResources();
  const redis = await connectRedis({
    url: config.redisUrl.join(','),
    name: 'gateway',
    commandTimeoutMs: config.redisTimeoutMs,
    onError: log.redisError,
  });
  resources.defer('redis', () => redis.disconnect());

  const partitions = await loadPartitions(redis, config.partitions);
  const registry = createMetrics({ service: 'gateway' });
  const gateway = createGateway({
    stores: {
      clients: createClientDirectory(redis, config.keyPepper),
      sessions: createSessionStore(redis, config.sessionTtlMs),
      tasks: createTaskStore(loadScripts(redis), partitions, config),
    },
    metrics: createGatewayMetrics(registry),
    log,
    settings: config,
  });
  const { tcp } = await gateway.start();
  resources.defer('gateway', () => gateway.close());

  const ready = () => (redis.status === 'ready' ? undefined : 'redis is out of reach');
  const health = createHealthServer({ ...config, registry, ready, logger });
  log.ready({ tcp, http: await health.start() });
  resources.defer('health server', () => health.close());
  return { close: () => resources.closeAll() };
}

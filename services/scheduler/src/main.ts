import {
  connectRedis,
  createClocks,
  createSliceStore,
  createTicketQueue,
  createWakeListener,
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
import { schedulerSettings } from './config.js';
import { createSchedulerLog } from './log.js';
import { createSchedulerMetrics } from './metrics.js';
import { createScheduler } from './scheduler.js';

const config = readConfigOrExit('scheduler', schedulerSettings, process.env);
const logger = createLogger({ service: 'scheduler', level: config.logLevel });

await runService({ name: 'scheduler', logger, drainMs: config.drainMs, start });

async function start() {
  const log = createSchedulerLog(logger);
  const resources = createResources();
  const redis = { url: config.redisUrl.join(','), onError: log.redisError };
  const connection = await connectRedis({ ...redis, name: 'scheduler' });
  resources.defer('redis', () => connection.disconnect());
  const subscriber = await connectRedis({ ...redis, name: 'scheduler-wakes', patient: true });
  resources.defer('redis for wakes', () => subscriber.disconnect());

  const partitions = await loadPartitions(connection, config.partitions);
  const clocks = createClocks(partitions.length);
  const store = createSliceStore(loadScripts(connection), partitions, {
    sliceMs: config.sliceMs,
    horizonMs: config.horizonMs,
    schedulerLeaseMs: 4 * config.lookEveryMs,
    clocks,
    wakeListener: await createWakeListener(subscriber, partitions),
  });
  const queue = createTicketQueue(connection, partitions, log.ticketQueueError);
  resources.defer('ticket queue', () => queue.close());
  const registry = createMetrics({ service: 'scheduler' });
  const scheduler = createScheduler({
    partitions: partitions.length,
    store,
    queue,
    clocks,
    metrics: createSchedulerMetrics(registry),
    log,
    settings: config,
  });
  scheduler.start();
  resources.defer('scheduler', () => scheduler.close());

  const ready = () => (connection.status === 'ready' ? undefined : 'redis is out of reach');
  const health = createHealthServer({
    port: config.httpPort,
    host: config.host,
    registry,
    live: () => undefined,
    ready,
    logger,
  });
  log.ready({ http: await health.start() });
  resources.defer('health server', () => health.close());
  return { close: () => resources.closeAll() };
}

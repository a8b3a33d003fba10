import {
  connectRedis,
  createClocks,
  createOccurrenceStore,
  createTicketSource,
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
import { AddressGuard } from './address-guard.js';
import { workerSettings } from './config.js';
import { createWorkerLog } from './log.js';
import { createWorkerMetrics } from './metrics.js';
import { Slots } from './slots.js';
import { createHttpTransport } from './transports/http.js';
import { createWorker } from './worker.js';

const config = readConfigOrExit('worker', workerSettings, process.env);
const logger = createLogger({ service: 'worker', level: config.logLevel });

await runService({ name: 'worker', logger, drainMs: config.drainMs, start });

async function start() {
  const log = createWorkerLog(logger);
  const resources = createResources();
  const guard = new AddressGuard(config.callbackAllow);
  const redis = { url: config.redisUrl.join(','), onError: log.redisError };
  const scriptsConnection = await connectRedis({ ...redis, name: 'worker' });
  resources.defer('redis', () => scriptsConnection.disconnect());
  const queueConnection = await connectRedis({ ...redis, name: 'worker-tickets', patient: true });
  resources.defer('redis for tickets', () => queueConnection.disconnect());
  const subscriber = await connectRedis({ ...redis, name: 'worker-wakes', patient: true });
  resources.defer('redis for wakes', () => subscriber.disconnect());

  const partitions = await loadPartitions(scriptsConnection, config.partitions);
  const clocks = createClocks(partitions.length);
  const wakeListener = await createWakeListener(subscriber, partitions);
  const run = loadScripts(scriptsConnection);
  const slots = new Slots(config.slots);
  const registry = createMetrics({ service: 'worker' });
  const worker = createWorker({
    store: createOccurrenceStore(scriptsConnection, run, partitions, { ...config, clocks, wakeListener }),
    tickets: createTicketSource(queueConnection, partitions, log.ticketQueueError),
    clocks,
    transport: createHttpTransport({
      guard,
      connectionsPerEndpoint: config.endpointSlots,
      connectTimeoutMs: config.callbackConnectTimeoutMs,
      timeoutMs: config.callbackTimeoutMs,
    }),
    slots,
    metrics: createWorkerMetrics(registry, slots),
    log,
    settings: config,
  });
  await worker.start();
  resources.defer('worker', () => worker.close());

  const ready = () => (scriptsConnection.status === 'ready' ? undefined : 'redis is out of reach');
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

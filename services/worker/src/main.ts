import { startAddressGuard } from '@boomerang/address-guard';
import {
  connectRedis,
  createForwardingStore,
  createOccurrenceStore,
  createTicketSource,
  openEngine,
  openSigningSecrets,
  redisAddress,
  redisServes,
} from '@boomerang/redis';
import {
  createHealthServer,
  createLogger,
  createMetrics,
  createRedactor,
  createResources,
  readConfigOrExit,
  runService,
} from '@boomerang/runtime';
import { workerSettings } from './config.js';
import { BrokerCredentials } from './dead-letter-sinks/broker-credentials.js';
import { createForwarder } from './dead-letter-sinks/forwarder.js';
import { forwardLeaseMs } from './dead-letter-sinks/send-batch.js';
import { createSinks } from './dead-letter-sinks/sinks.js';
import { SigningKeys } from './delivery/signing-keys.js';
import { Slots } from './draining/slots.js';
import { createWorkerLog } from './log.js';
import { measureSizes } from './measure-sizes.js';
import { createWorkerMetrics } from './metrics.js';
import { createTransports } from './transports/transports.js';
import { createWorker } from './worker.js';

const config = readConfigOrExit('worker', workerSettings, process.env);
const redact = createRedactor(workerSettings, process.env);
const logger = createLogger({ service: 'worker', level: config.logLevel, redact });

await runService({ name: 'worker', logger, redact, drainMs: config.drainMs, start });

async function start() {
  const log = createWorkerLog(logger);
  const resources = createResources();
  const address = redisAddress(config);
  const redis = { ...address, onError: log.redisError, onWarning: log.redisWarning };
  const registry = createMetrics({ service: 'worker' });
  const metrics = createWorkerMetrics(registry, config.slots);
  const observed = { ...redis, onScript: metrics.redisScript };
  const engine = await openEngine({ ...config, ...observed, name: 'worker' });
  resources.defer('redis', () => engine.close());
  const connectForTickets = () => connectRedis({ ...redis, name: 'worker-tickets', patient: true });

  const guard = await startAddressGuard(config, [config.httpPort]);
  resources.defer('address guard', () => guard.close());

  const secrets = await openSigningSecrets(engine.connection, config.masterKey);
  const worker = createWorker({
    store: measureSizes(createOccurrenceStore(engine, config, log.unreadable), metrics),
    tickets: createTicketSource(engine, connectForTickets, log.ticketQueueError),
    clocks: engine.clocks,
    transport: createTransports({ ...config, guard }),
    secrets,
    slots: new Slots(config.slots),
    metrics,
    log,
    redisServes: () => redisServes(address),
    settings: config,
  });
  const forwarder = createForwarder({
    store: createForwardingStore(engine, { ...config, forwardLeaseMs: forwardLeaseMs(config) }),
    sink: createSinks({
      ...config,
      guard,
      credentials: new BrokerCredentials(config.forwardLogins),
      signingKeys: new SigningKeys(secrets, log),
    }),
    metrics,
    log,
  });
  await worker.start();
  forwarder.start();
  resources.defer('worker', () => Promise.all([worker.close(), forwarder.close()]));

  const live = async () => (await worker.live()) ?? engine.outgrown();
  const checks = { live, ready: engine.ready };
  const health = createHealthServer({ ...config, ...checks, registry, logger, redact });
  log.ready({ http: await health.start() });
  resources.defer('health server', () => health.close());
  return { close: () => resources.closeAll() };
}

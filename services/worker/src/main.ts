import { startAddressGuard } from '@boomerang/address-guard';
import { ActivityRecorder } from '@boomerang/domain';
import { openWorkerStores, redisAddress, startSummaryWriter } from '@boomerang/redis';
import {
  certificateFiles,
  createHealthServer,
  createLogger,
  createMetrics,
  createRedactor,
  createResources,
  readConfigOrExit,
  readGauges,
  runService,
  VERSION,
} from '@boomerang/runtime';
import { workerSettings } from './config.js';
import { BrokerCredentials } from './dead-letter-sinks/broker-credentials.js';
import { createForwarder } from './dead-letter-sinks/forwarder.js';
import { forwardLeaseMs } from './dead-letter-sinks/send-batch.js';
import { createSinks } from './dead-letter-sinks/sinks.js';
import { SigningKeys } from './delivery/signing-keys.js';
import { createWorkerLog } from './log.js';
import { createWorkerMetrics, SUMMARY_GAUGES } from './metrics.js';
import { OWN_CERTIFICATE, openOwnCertificate } from './transports/shared/own-certificate.js';
import { createTransports } from './transports/transports.js';
import { createWorker } from './worker.js';

const config = readConfigOrExit('worker', workerSettings, process.env);
const redact = createRedactor(workerSettings, process.env);
const logger = createLogger({ service: 'worker', level: config.logLevel, redact });

await runService({ name: 'worker', logger, redact, drainMs: config.drainMs, start });

async function start() {
  const log = createWorkerLog(logger);
  const resources = createResources();
  const registry = createMetrics({ service: 'worker' });
  const activity = new ActivityRecorder();
  const metrics = createWorkerMetrics(registry, config.slots, activity);
  const settings = { ...config, ...redisAddress(config), forwardLeaseMs: forwardLeaseMs(config) };
  const stores = await openWorkerStores({ ...settings, log, onScript: metrics.redisScript, name: 'worker' });
  resources.defer('redis', () => stores.close());

  const guard = await startAddressGuard(config, [config.httpPort]);
  resources.defer('address guard', () => guard.close());

  const signingKeys = new SigningKeys(stores.secrets, log);
  const files = certificateFiles(OWN_CERTIFICATE, {
    cert: config.callbackTlsCert,
    key: config.callbackTlsKey,
  });
  const ownCertificate = files && (await openOwnCertificate(files, log.ownCertificateRefused));
  resources.defer('own certificate', () => ownCertificate?.close());
  const transport = createTransports({ ...config, guard, headers: stores.headers, ownCertificate });
  const credentials = new BrokerCredentials(config.forwardLogins);
  const worker = createWorker({ stores, transport, signingKeys, metrics, log, settings: config });
  const sink = createSinks({ ...config, guard, signingKeys, credentials, ownCertificate });
  const forwarder = createForwarder({ store: stores.forwarding, sink, metrics, log });
  await worker.start();
  forwarder.start();
  resources.defer('worker', () => Promise.all([worker.close(), forwarder.close()]));

  const summaries = startSummaryWriter(stores.connection, {
    service: 'worker',
    version: VERSION,
    activity,
    gauges: () => readGauges(registry, SUMMARY_GAUGES),
    heldEndpoints: () => worker.heldEndpoints(),
    onError: log.summaryNotWritten,
  });
  resources.defer('summaries', () => summaries.close());

  const live = async () => (await worker.live()) ?? stores.outgrown();
  const health = createHealthServer({ ...config, live, ready: stores.ready, registry, logger, redact });
  log.ready({ http: await health.start() });
  resources.defer('health server', () => health.close());
  return { close: () => resources.closeAll() };
}

import { startAddressGuard } from '@boomerang/address-guard';
import { ActivityRecorder } from '@boomerang/domain';
import { openStores, readMemoryUse, redisAddress, startSummaryWriter } from '@boomerang/redis';
import {
  createLogger,
  createMetrics,
  createRedactor,
  createResources,
  readConfigOrExit,
  readGauges,
  registerHealthRoutes,
  runService,
  VERSION,
} from '@boomerang/runtime';
import { gatewaySettings } from './config.js';
import { dashboardFolder } from './dashboard-folder.js';
import { createGateway } from './gateway.js';
import { clientLimits } from './limit-settings.js';
import { createGatewayLog } from './log.js';
import { createGatewayMetrics, SUMMARY_GAUGES } from './metrics.js';

const config = readConfigOrExit('gateway', gatewaySettings, process.env);
const redact = createRedactor(gatewaySettings, process.env);
const logger = createLogger({ service: 'gateway', level: config.logLevel, redact });

await runService({ name: 'gateway', logger, redact, drainMs: config.drainMs, start });

async function start() {
  const log = createGatewayLog(logger);
  const resources = createResources();
  const registry = createMetrics({ service: 'gateway' });
  const metrics = createGatewayMetrics(registry);
  const hears = {
    onError: log.redisError,
    onWarning: log.redisWarning,
    onScript: metrics.redisScript,
    onNamed: metrics.named,
  };
  const stores = await openStores({ ...config, ...redisAddress(config), ...hears, name: 'gateway' });
  const { connection } = stores;
  resources.defer('redis', () => stores.close());

  const guard = await startAddressGuard(config, [config.tcpPort, config.grpcPort, config.httpPort]);
  resources.defer('address guard', () => guard.close());

  const activity = new ActivityRecorder();
  const gateway = createGateway({
    stores,
    activity,
    guard,
    metrics,
    log,
    prometheus: registry,
    trouble: stores.ready,
    readMemoryUse: () => readMemoryUse(connection),
    settings: { ...config, clientLimits: clientLimits(config) },
    dashboard: dashboardFolder(),
    addRoutes: (app) => registerHealthRoutes(app, { registry, ready: stores.ready, logger, redact }),
  });
  const summaries = startSummaryWriter(connection, {
    service: 'gateway',
    version: VERSION,
    activity,
    gauges: () => readGauges(registry, SUMMARY_GAUGES),
    onError: log.summaryNotWritten,
  });
  resources.defer('summaries', () => summaries.close());
  resources.defer('gateway', () => gateway.close());
  log.ready(await gateway.start());
  return { close: () => resources.closeAll() };
}

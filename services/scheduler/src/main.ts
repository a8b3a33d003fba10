import { ActivityRecorder } from '@boomerang/domain';
import {
  createCalendarStore,
  createDependencyStore,
  createNameStore,
  createSliceStore,
  createTicketQueue,
  openEngine,
  redisAddress,
  redisServes,
  startSummaryWriter,
} from '@boomerang/redis';
import {
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
import { readAutoscale } from './autoscale.js';
import { schedulerSettings } from './config.js';
import { createSchedulerLog } from './log.js';
import { createSchedulerMetrics, SUMMARY_GAUGES } from './metrics.js';
import { createScheduler } from './scheduler.js';

const config = readConfigOrExit('scheduler', schedulerSettings, process.env);
const redact = createRedactor(schedulerSettings, process.env);
const logger = createLogger({ service: 'scheduler', level: config.logLevel, redact });

await runService({ name: 'scheduler', logger, redact, drainMs: config.drainMs, start });

async function start() {
  const log = createSchedulerLog(logger);
  const resources = createResources();
  const address = redisAddress(config);
  const registry = createMetrics({ service: 'scheduler' });
  const metrics = createSchedulerMetrics(registry);
  const hears = { onError: log.redisError, onWarning: log.redisWarning, onScript: metrics.redisScript };
  const engine = await openEngine({ ...config, ...address, ...hears, name: 'scheduler' });
  resources.defer('redis', () => engine.close());
  const queue = createTicketQueue(engine, log.ticketQueueError);
  resources.defer('ticket queue', () => queue.close());

  const partitions = engine.partitions.length;
  const store = createSliceStore(engine, {
    ...config,
    schedulerLeaseMs: 4 * config.lookEveryMs,
    onLostExecutions: (count) => metrics.lostExecutions(count),
    onExpiredExecutions: (count) => metrics.expiredExecutions(count),
  });
  const scheduler = createScheduler({
    partitions,
    store,
    names: createNameStore(engine),
    calendars: createCalendarStore(engine, config),
    dependencies: createDependencyStore(engine, config),
    queue,
    clocks: engine.clocks,
    metrics,
    log,
    redisServes: () => redisServes(address),
    settings: config,
  });
  scheduler.start();
  resources.defer('scheduler', () => scheduler.close());

  const summaries = startSummaryWriter(engine.connection, {
    service: 'scheduler',
    version: VERSION,
    activity: new ActivityRecorder(),
    gauges: () => readGauges(registry, SUMMARY_GAUGES),
    onError: log.summaryNotWritten,
  });
  resources.defer('summaries', () => summaries.close());

  const live = async () => (await scheduler.live()) ?? engine.outgrown();
  const checks = { live, ready: engine.ready };
  const readings = { '/v1/autoscale': () => readAutoscale(store, partitions) };
  const health = createHealthServer({ ...config, ...checks, registry, resources: readings, logger, redact });
  log.ready({ http: await health.start() });
  resources.defer('health server', () => health.close());
  return { close: () => resources.closeAll() };
}

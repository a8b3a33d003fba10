export { ConfigError } from './config-error.js';
export { describeConfig, type SettingDescription } from './describe-config.js';
export { type Check, type HealthChecks, registerHealthRoutes } from './health-routes.js';
export { createHealthServer, type HealthServer, type HealthServerOptions } from './health-server.js';
export { createLogger, type Logger, type LoggerOptions, type LogLevel, logLevels } from './logger.js';
export { createMetrics, type MetricsOptions } from './metrics.js';
export { Progress } from './progress.js';
export { type ConfigOf, defineConfig, type Environment, readConfig } from './read-config.js';
export { readConfigOrExit } from './read-config-or-exit.js';
export { readGauges } from './read-gauges.js';
export { createResources, type Resources } from './resources.js';
export { type Closable, runService, type ServiceOptions } from './run-service.js';
export { sampleMetrics } from './sample-metrics.js';
export { createScriptHistogram, type ScriptObserver } from './script-histogram.js';
export { type Redact, redactText } from './secrets/redact-text.js';
export { createRedactor } from './secrets/redactor.js';
export type { Setting, SettingKind, Settings } from './setting.js';
export { boolean } from './settings/boolean.js';
export { enumeration } from './settings/enumeration.js';
export { integer } from './settings/integer.js';
export { key } from './settings/key.js';
export { list } from './settings/list.js';
export { port } from './settings/port.js';
export { string } from './settings/string.js';
export { urlList } from './settings/url-list.js';
export { sharedSettings } from './shared-settings.js';
export { createSparingWarn } from './sparing-warn.js';
export { errorLine } from './start-failure.js';
export {
  type Certificate,
  type CertificateFiles,
  type CertificateVariables,
  certificateFiles,
  readCertificate,
  requireBoth,
} from './tls/certificate.js';
export { watchCertificate } from './tls/watch-certificate.js';
export { VERSION } from './version.js';

import { logLevels } from './logger.js';
import { enumeration } from './settings/enumeration.js';
import { integer } from './settings/integer.js';
import { port } from './settings/port.js';
import { string } from './settings/string.js';
import { urlList } from './settings/url-list.js';

/** Settings that every service reads. */
export const sharedSettings = {
  redisUrl: urlList({
    variable: 'BOOMERANG_REDIS_URL',
    schemes: ['redis', 'rediss'],
    default: ['redis://127.0.0.1:6379'],
    meaning: 'Redis: one URL, or several nodes of a Redis Cluster, or Sentinels, separated by commas.',
  }),
  redisSentinelMaster: string({
    variable: 'BOOMERANG_REDIS_SENTINEL_MASTER',
    meaning: 'Name that Sentinels know the primary by; the URLs are those of the Sentinels then.',
  }),
  redisTlsCa: string({
    variable: 'BOOMERANG_REDIS_TLS_CA',
    allowed: 'the path of a PEM file',
    meaning: "Authorities that sign Redis's certificate, where it isn't one of the well-known.",
  }),
  host: string({
    variable: 'BOOMERANG_HOST',
    default: '0.0.0.0',
    meaning: 'Address that the service listens on.',
  }),
  httpPort: port({
    variable: 'BOOMERANG_HTTP_PORT',
    default: 8080,
    meaning: 'Port of /metrics, /livez and /readyz; 0 picks a free one.',
  }),
  logLevel: enumeration({
    variable: 'BOOMERANG_LOG_LEVEL',
    values: logLevels,
    default: 'info',
    meaning: 'The least severe messages that are logged.',
  }),
  partitions: integer({
    variable: 'BOOMERANG_PARTITIONS',
    default: 4,
    min: 1,
    max: 4096,
    meaning: 'Partitions that the keyspace is divided into, when Redis has none yet.',
  }),
  sliceMs: integer({
    variable: 'BOOMERANG_SLICE_MS',
    default: 1_000,
    min: 100,
    max: 60_000,
    unit: 'ms',
    meaning: 'Width of a slice. Must be the same for every service.',
  }),
  drainMs: integer({
    variable: 'BOOMERANG_DRAIN_MS',
    default: 20_000,
    min: 0,
    max: 600_000,
    unit: 'ms',
    meaning: 'Time from SIGTERM in which what is under way may end.',
  }),
} as const;

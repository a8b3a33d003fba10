import { defineConfig, integer, key, port, sharedSettings, string, urlList } from '@boomerang/runtime';

/** The settings of `npm start`. */
export const stackSettings = defineConfig({
  redisUrl: urlList({
    variable: 'BOOMERANG_REDIS_URL',
    schemes: ['redis', 'rediss'],
    meaning: 'Redis to use instead of an own one.',
  }),
  redisSentinelMaster: sharedSettings.redisSentinelMaster,
  redisTlsCa: sharedSettings.redisTlsCa,
  tcpPort: port({ variable: 'BOOMERANG_TCP_PORT', default: 9_973, meaning: 'Port for envelopes over TCP.' }),
  grpcPort: port({ variable: 'BOOMERANG_GRPC_PORT', default: 9_090, meaning: 'Port for gRPC.' }),
  httpPort: port({
    variable: 'BOOMERANG_HTTP_PORT',
    default: 8_080,
    meaning: "The gateway's HTTP port; scheduler and worker take the two after it. 0 picks free ones.",
  }),
  host: string({
    variable: 'BOOMERANG_HOST',
    default: '127.0.0.1',
    meaning: 'Address that the services listen on.',
  }),
  keyPepper: string({
    variable: 'BOOMERANG_KEY_PEPPER',
    secret: true,
    minLength: 16,
    meaning: "Pepper of clients' keys.",
  }),
  masterKey: key({
    variable: 'BOOMERANG_MASTER_KEY',
    bytes: 32,
    meaning: "Key that clients' signing secrets are encrypted with.",
  }),
  devToken: string({
    variable: 'BOOMERANG_DEV_TOKEN',
    secret: true,
    meaning: "The development client's key.",
  }),
  drainMs: integer({
    variable: 'BOOMERANG_DRAIN_MS',
    default: 20_000,
    min: 0,
    max: 600_000,
    unit: 'ms',
    meaning: 'Time from SIGTERM in which what is under way may end.',
  }),
});

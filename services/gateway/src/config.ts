import { defineConfig, integer, port, sharedSettings, string } from '@boomerang/runtime';

export const gatewaySettings = defineConfig({
  ...sharedSettings,
  tcpPort: port({
    variable: 'BOOMERANG_TCP_PORT',
    default: 9_973,
    meaning: 'Port for envelopes over TCP; 0 picks a free one.',
  }),
  keyPepper: string({
    variable: 'BOOMERANG_KEY_PEPPER',
    required: true,
    secret: true,
    minLength: 16,
    meaning: "Pepper of clients' keys. Changing it makes every key invalid.",
  }),
  sessionTtlMs: integer({
    variable: 'BOOMERANG_SESSION_TTL_MS',
    default: 3_600_000,
    min: 100,
    max: 2_592_000_000,
    unit: 'ms',
    meaning: 'Lifetime of a session without refresh.',
  }),
  redisTimeoutMs: integer({
    variable: 'BOOMERANG_REDIS_TIMEOUT_MS',
    default: 1_500,
    min: 50,
    max: 60_000,
    unit: 'ms',
    meaning: 'Time for Redis to answer before a request is answered with ERROR "outcome unknown".',
  }),
  retentionMs: integer({
    variable: 'BOOMERANG_RETENTION_MS',
    default: 600_000,
    min: 1,
    max: 604_800_000,
    unit: 'ms',
    meaning: 'Time for which a cancelled task can still be asked for.',
  }),
});

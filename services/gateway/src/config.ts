import { callbackSettings } from '@boomerang/address-guard';
import { defineConfig, integer, port, sharedSettings, string } from '@boomerang/runtime';
import { CERT_VARIABLE, KEY_VARIABLE } from './doors/shared/certificate.js';

export const gatewaySettings = defineConfig({
  ...sharedSettings,
  tcpPort: port({
    variable: 'BOOMERANG_TCP_PORT',
    default: 9_973,
    meaning: 'Port for envelopes over TCP; 0 picks a free one.',
  }),
  tcpMaxConnections: integer({
    variable: 'BOOMERANG_TCP_MAX_CONNECTIONS',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning: 'Connections over TCP that may be open at a time.',
  }),
  tcpMaxConnectionsPerAddress: integer({
    variable: 'BOOMERANG_TCP_MAX_CONNECTIONS_PER_ADDRESS',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning: 'The same from one IPv4 address, or from one IPv6 network of 64 bits.',
  }),
  tcpTlsCert: string({
    variable: CERT_VARIABLE,
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain of the TCP port, which then speaks TLS 1.2 or later and nothing else.',
  }),
  tcpTlsKey: string({
    variable: KEY_VARIABLE,
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  ...callbackSettings,
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
    meaning: 'Time for Redis to answer all that one request asks of it; then the answer is ERROR.',
  }),
  retentionMs: integer({
    variable: 'BOOMERANG_RETENTION_MS',
    default: 600_000,
    min: 1,
    max: 604_800_000,
    unit: 'ms',
    meaning: 'Time for which a cancelled task can still be asked for.',
  }),
  idempotencyRetentionMs: integer({
    variable: 'BOOMERANG_IDEMPOTENCY_RETENTION_MS',
    default: 86_400_000,
    min: 1_000,
    max: 2_592_000_000,
    unit: 'ms',
    meaning: 'Time after the end of a task for which its idempotency key still stands for it.',
  }),
});

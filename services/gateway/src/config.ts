import { callbackSettings } from '@boomerang/address-guard';
import { DEFAULT_ALLOWED_HEADERS } from '@boomerang/domain';
import { defineConfig, integer, key, list, port, sharedSettings, string } from '@boomerang/runtime';
import {
  CLIENT_CA,
  GRPC_CERTIFICATE,
  HTTP_CERTIFICATE,
  TCP_CERTIFICATE,
} from './doors/shared/certificate.js';
import { limitSettings } from './limit-settings.js';
import { CERTIFICATE_RULES } from './operations/authentication/certificate-rules.js';
import { JWT_ISSUERS } from './operations/authentication/jwt-issuers.js';

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
    variable: TCP_CERTIFICATE.cert,
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain of the TCP port, which then speaks TLS 1.2 or later and nothing else.',
  }),
  tcpTlsKey: string({
    variable: TCP_CERTIFICATE.key,
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  grpcPort: port({
    variable: 'BOOMERANG_GRPC_PORT',
    default: 9_090,
    meaning: 'Port for gRPC (SpageAPI, health, reflection); 0 picks a free one.',
  }),
  grpcMaxConnections: integer({
    variable: 'BOOMERANG_GRPC_MAX_CONNECTIONS',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning: 'Connections for gRPC that may be open at a time, in all and from one address.',
  }),
  grpcMaxConnectionAgeMs: integer({
    variable: 'BOOMERANG_GRPC_MAX_CONNECTION_AGE_MS',
    default: 1_800_000,
    min: 1_000,
    max: 2_147_483_647,
    unit: 'ms',
    meaning:
      'Age at which a connection is asked to end, so that balancers spread clients anew; a minute later it is cut.',
  }),
  grpcMaxStreamsPerClient: integer({
    variable: 'BOOMERANG_GRPC_MAX_STREAMS_PER_CLIENT',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'streams',
    meaning: 'Streams of events that each client may have open at a time at one gateway.',
  }),
  grpcTlsCert: string({
    variable: GRPC_CERTIFICATE.cert,
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain of the gRPC port, which then speaks TLS 1.2 or later and nothing else.',
  }),
  grpcTlsKey: string({
    variable: GRPC_CERTIFICATE.key,
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  httpPort: port({
    variable: 'BOOMERANG_HTTP_PORT',
    default: 8_080,
    meaning: 'Port of the HTTP API, the dashboard, /metrics, /livez and /readyz; 0 picks a free one.',
  }),
  httpMaxConnections: integer({
    variable: 'BOOMERANG_HTTP_MAX_CONNECTIONS',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning: 'Connections over HTTP that may be open at a time, in all and from one address.',
  }),
  httpTlsCert: string({
    variable: HTTP_CERTIFICATE.cert,
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain of the HTTP port, which then speaks TLS 1.2 or later and nothing else.',
  }),
  httpTlsKey: string({
    variable: HTTP_CERTIFICATE.key,
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  tlsClientCa: string({
    variable: CLIENT_CA,
    allowed: 'the path of a PEM file',
    meaning: "Authorities that sign clients' certificates, for which every port with TLS then asks.",
  }),
  tlsClients: string({
    variable: CERTIFICATE_RULES,
    allowed: 'the path of a JSON file',
    meaning: "Which clients' certificates are taken in the place of keys.",
  }),
  httpMaxStreamsPerClient: integer({
    variable: 'BOOMERANG_HTTP_MAX_STREAMS_PER_CLIENT',
    default: 100,
    min: 1,
    max: 1_000_000,
    unit: 'streams',
    meaning: 'Streams of events over HTTP that each client may have open at a time at one gateway.',
  }),
  tokenTtlMs: integer({
    variable: 'BOOMERANG_TOKEN_TTL_MS',
    default: 900_000,
    min: 1_000,
    max: 86_400_000,
    unit: 'ms',
    meaning: 'Lifetime of a token that Authenticate gives.',
  }),
  auditRetentionMs: integer({
    variable: 'BOOMERANG_AUDIT_RETENTION_MS',
    default: 7_776_000_000,
    min: 60_000,
    max: 315_576_000_000,
    unit: 'ms',
    meaning: 'Time for which entries of the audit log are kept.',
  }),
  jwtIssuers: string({
    variable: JWT_ISSUERS,
    allowed: 'the path of a JSON file',
    meaning: 'Issuers whose signed tokens (JWT) are taken in the place of keys.',
  }),
  spageAnonymousClient: string({
    variable: 'BOOMERANG_SPAGE_ANONYMOUS_CLIENT',
    allowed: 'the name of a client',
    meaning: 'Client that a call of SpageAPI without any authorization is taken for. For development only.',
  }),
  ...limitSettings,
  ...callbackSettings,
  callbackHeaders: list({
    variable: 'BOOMERANG_CALLBACK_HEADERS',
    default: DEFAULT_ALLOWED_HEADERS,
    accepts: (item) => /^[a-z0-9-]*[a-z0-9*]$/.test(item) || item === '*',
    allowed:
      'names of headers in lower case, or beginnings of names with "*" behind them, separated by commas',
    meaning: 'Headers that clients may set for their callbacks over HTTP.',
  }),
  keyPepper: string({
    variable: 'BOOMERANG_KEY_PEPPER',
    required: true,
    secret: true,
    minLength: 16,
    meaning: "Pepper of clients' keys. Changing it makes every key invalid.",
  }),
  masterKey: key({
    variable: 'BOOMERANG_MASTER_KEY',
    bytes: 32,
    meaning:
      "Key that clients' signing secrets and headers are sealed with. Without it none can be taken over HTTP.",
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

import type { LimitName, NamedOutcome, ReportOutcome } from '@boomerang/domain';
import { createScriptHistogram, type ScriptObserver } from '@boomerang/runtime';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Door } from './door.js';
import type { RefusalCode } from './refusal.js';

export interface GatewayMetrics {
  connections(count: number): void;
  grpcConnections(count: number): void;
  httpConnections(count: number): void;
  /** Streams of events over HTTP. */
  httpEventStreams(count: number): void;
  /** Daemons with a stream on this gateway, by the version that each of them gave. */
  daemons(versions: readonly string[]): void;
  /** Something that a daemon said of an execution. */
  executionReport(kind: string, outcome: ReportOutcome): void;
  /** Starts the clock of a request; the returned function ends it with `ok` or an error code. */
  request(operation: string): (code: string) => void;
  /** Entries of the audit log. */
  auditEntries(outcome: 'written' | 'lost', count: number): void;
  /** The answer to a failed authentication had to wait, because too many from its address had failed. */
  authenticationSlowed(): void;
  /** A request was refused because a limit of its client is reached. */
  limitReached(name: LimitName): void;
  refusedFrame(code: RefusalCode): void;
  closedConnection(reason: RefusalCode | 'NOT_READING' | 'TLS_FAILED'): void;
  /** @param expiresAtMs Unix epoch ms of the certificate that is in use from now on. */
  tlsCertificate(door: Door, expiresAtMs: number): void;
  tlsCertificateRefused(door: Door): void;
  /** A registration with an idempotency key was answered. */
  named(outcome: NamedOutcome): void;
  /** @param share of its maxmemory. */
  redisMemory(share: number, mayEvict: boolean): void;
  readonly redisScript: ScriptObserver;
}

/** Shown even if no daemon speaks them. */
const KNOWN_VERSIONS = ['1.0', '1.1', '1.2'];

/** The first two numbers of a daemon's version; versions far ahead of this release share one label. */
function versionLabel(version: string): string {
  const [, label = 'other'] = /^(1\.\d)(\.|$)/.exec(version) ?? [];
  return label;
}

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const connections = new Gauge({
    name: 'boomerang_gateway_connections',
    help: 'Open client connections.',
    registers,
  });
  const grpcConnections = new Gauge({
    name: 'boomerang_gateway_grpc_connections',
    help: 'Open connections for gRPC.',
    registers,
  });
  const httpConnections = new Gauge({
    name: 'boomerang_gateway_http_connections',
    help: 'Open connections for HTTP.',
    registers,
  });
  const httpEventStreams = new Gauge({
    name: 'boomerang_gateway_http_event_streams',
    help: 'Open streams of events over HTTP.',
    registers,
  });
  const daemons = new Gauge({
    name: 'boomerang_gateway_daemons',
    help: 'Daemons whose stream this gateway has, by version.',
    labelNames: ['version'],
    registers,
  });
  const executionReports = new Counter({
    name: 'boomerang_gateway_execution_reports_total',
    help: 'What daemons said of executions, by kind and what became of it: "taken", "cancelling" or "stale".',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const requests = new Counter({
    name: 'boomerang_gateway_requests_total',
    help: 'Requests answered, by operation and code ("ok", or what was wrong).',
    labelNames: ['operation', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'boomerang_gateway_request_duration_seconds',
    help: 'From a request read to its answer, by operation.',
    labelNames: ['operation'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const limits = new Counter({
    name: 'boomerang_gateway_limits_reached_total',
    help: 'Requests refused because a limit of their client is reached, by limit.',
    labelNames: ['limit'],
    registers,
  });
  const slowed = new Counter({
    name: 'boomerang_gateway_slowed_authentications_total',
    help: 'Answers to failed authentications that had to wait because too many from their address had failed.',
    registers,
  });
  const audit = new Counter({
    name: 'boomerang_gateway_audit_entries_total',
    help: 'Entries of the audit log, by outcome: "written", or "lost" where Redis could not take them.',
    labelNames: ['outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'boomerang_gateway_refused_frames_total',
    help: 'Frames that could not be read and cost their connection, by code.',
    labelNames: ['code'],
    registers,
  });
  const closed = new Counter({
    name: 'boomerang_gateway_closed_connections_total',
    help: 'Connections that the gateway refused or closed of its own accord, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const expiry = new Gauge({
    name: 'boomerang_gateway_tls_certificate_expiry_seconds',
    help: 'When the TLS certificate in use expires, Unix time, by door; absent without TLS.',
    labelNames: ['door'],
    registers,
  });
  const certificates = new Counter({
    name: 'boomerang_gateway_tls_certificates_total',
    help: 'TLS certificates found in the files, by door and outcome: "used", or "refused" while the one before stays in use.',
    labelNames: ['door', 'outcome'],
    registers,
  });
  const named = new Counter({
    name: 'boomerang_gateway_idempotent_registrations_total',
    help: 'Registrations with an idempotency key, by outcome: "new", "repeated", "finished" (begun by an earlier one), "key_reused" or "failed".',
    labelNames: ['outcome'],
    registers,
  });
  const redisMemory = new Gauge({
    name: 'boomerang_gateway_redis_memory_ratio',
    help: 'Share of its maxmemory that the fullest Redis node uses; 0 without a limit.',
    registers,
  });
  const mayEvict = new Gauge({
    name: 'boomerang_gateway_redis_may_evict',
    help: '1 while a Redis node has another maxmemory-policy than noeviction, otherwise 0.',
    registers,
  });
  return {
    connections: (count) => connections.set(count),
    grpcConnections: (count) => grpcConnections.set(count),
    httpConnections: (count) => httpConnections.set(count),
    httpEventStreams: (count) => httpEventStreams.set(count),
    daemons(versions) {
      daemons.reset();
      for (const version of KNOWN_VERSIONS) daemons.set({ version }, 0);
      for (const version of versions) daemons.inc({ version: versionLabel(version) });
    },
    executionReport: (kind, outcome) => executionReports.inc({ kind, outcome }),
    request(operation) {
      const startedAt = performance.now();
      return (code) => {
        requests.inc({ operation, code });
        durations.observe({ operation }, (performance.now() - startedAt) / 1_000);
      };
    },
    authenticationSlowed: () => slowed.inc(),
    auditEntries: (outcome, count) => audit.inc({ outcome }, count),
    limitReached: (name) => limits.inc({ limit: toSnakeCase(name) }),
    refusedFrame: (code) => refused.inc({ code }),
    closedConnection: (reason) => closed.inc({ reason: reason.toLowerCase() }),
    tlsCertificate(door, expiresAtMs) {
      expiry.set({ door }, expiresAtMs / 1_000);
      certificates.inc({ door, outcome: 'used' });
    },
    named: (outcome) => named.inc({ outcome }),
    tlsCertificateRefused: (door) => certificates.inc({ door, outcome: 'refused' }),
    redisMemory(share, evicts) {
      redisMemory.set(share);
      mayEvict.set(Number(evicts));
    },
    redisScript: createScriptHistogram('gateway', registry),
  };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What the process tells of itself once a second. */
export const SUMMARY_GAUGES = {
  tcpConnections: 'boomerang_gateway_connections',
  grpcConnections: 'boomerang_gateway_grpc_connections',
  httpConnections: 'boomerang_gateway_http_connections',
  daemons: 'boomerang_gateway_daemons',
  redisMemory: 'boomerang_gateway_redis_memory_ratio',
} as const;

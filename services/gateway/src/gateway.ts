import type { AddressGuard } from '@boomerang/address-guard';
import type {
  ActivityRecorder,
  AssignmentStore,
  AuditReader,
  AuditStore,
  ClientAdministration,
  ClientLimits,
  ClientStore,
  DaemonRegistry,
  DeadLetterStore,
  DeliveryPolicy,
  EventStore,
  ExecutionStore,
  HeaderSeal,
  LimitStore,
  PolicyStore,
  SessionStore,
  StatsStore,
  TaskStore,
} from '@boomerang/domain';
import { MAX_DATAGRAM_BYTES, mostDatagramPayloadBytes } from '@boomerang/protocol';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { createGrpcServer, type GrpcServer } from './doors/grpc/server.js';
import { addSpageApi } from './doors/grpc/spage-api.js';
import { EventStreams } from './doors/http/events/event-streams.js';
import { requireStillGood } from './doors/http/find-caller.js';
import { createHttpServer } from './doors/http/server.js';
import { doorCertificates, type TlsSettings } from './doors/shared/certificate.js';
import { type DoorLimits, TIME_LIMITS } from './doors/shared/limits.js';
import { StreamLimit } from './doors/shared/stream-limit.js';
import { ClientShares } from './doors/tcp/client-shares.js';
import { createTcpServer } from './doors/tcp/server.js';
import { EventHub } from './events/event-hub.js';
import { Daemons } from './executions/daemons.js';
import type { GatewayLog } from './log.js';
import { type MemoryUse, MemoryWatch } from './memory-watch.js';
import type { GatewayMetrics } from './metrics.js';
import { AuditTrail } from './operations/audit/audit-trail.js';
import { type Authentication, createAuthentication } from './operations/authentication/authentication.js';
import { withCertificates } from './operations/authentication/certificate-clients.js';
import { certificateRules } from './operations/authentication/certificate-rules.js';
import { FailedAttempts } from './operations/authentication/failed-attempts.js';
import { withJwt } from './operations/authentication/jwt-authentication.js';
import { readJwtIssuers } from './operations/authentication/jwt-issuers.js';
import { createTokens } from './operations/authentication/tokens.js';
import { AdmissionOfTasks } from './operations/limits/admission-of-tasks.js';
import { createPerform, type Perform } from './operations/perform.js';
import { Policies } from './operations/policies/policies.js';
import { KeyUses } from './operations/sessions/key-uses.js';
import { LiveKeys } from './operations/sessions/live-keys.js';
import { requireUsable } from './operations/sessions/require-usable.js';
import { createSessions } from './operations/sessions/sessions.js';

interface Stores {
  readonly clients: ClientStore;
  readonly administration: ClientAdministration;
  readonly policies: PolicyStore;
  readonly headers: HeaderSeal;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
  readonly executions: ExecutionStore;
  readonly assignments: AssignmentStore;
  readonly daemons: DaemonRegistry;
  readonly events: EventStore;
  readonly limits: LimitStore;
  readonly audit: AuditStore & AuditReader;
  readonly stats: StatsStore;
}

export interface GatewayDependencies {
  readonly stores: Stores;
  /** Is told what clients do. */
  readonly activity: ActivityRecorder;
  readonly guard: AddressGuard;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  /** What Prometheus reads. */
  readonly prometheus: Registry;
  /** Why the gateway can't serve requests now; undefined if it can. */
  readonly trouble: () => Promise<string | undefined>;
  /** Memory use of the Redis node that is nearest to its maxmemory. */
  readonly readMemoryUse: () => Promise<MemoryUse>;
  readonly settings: GatewaySettings;
  /** Adds to the HTTP port what is no part of the API: health and metrics. */
  readonly addRoutes: (app: FastifyInstance) => void;
  /** Where the dashboard's files are; undefined if it was not built. */
  readonly dashboard: string | undefined;
}

export interface GatewaySettings extends TlsSettings {
  readonly host: string;
  readonly tcpPort: number;
  readonly tcpMaxConnections: number;
  readonly tcpMaxConnectionsPerAddress: number;
  readonly grpcPort: number;
  readonly grpcMaxConnections: number;
  readonly grpcMaxConnectionAgeMs: number;
  readonly grpcMaxStreamsPerClient: number;
  readonly httpPort: number;
  readonly httpMaxConnections: number;
  readonly httpMaxStreamsPerClient: number;
  /** Names of headers that clients may set. */
  readonly callbackHeaders: readonly string[];
  readonly keyPepper: string;
  readonly tokenTtlMs: number;
  readonly spageAnonymousClient: string | undefined;
  /** Path of the file that tells whose signed tokens (JWT) are taken. */
  readonly jwtIssuers: string | undefined;
  readonly redisTimeoutMs: number;
  /** Limits of clients that have none of their own. */
  readonly clientLimits: ClientLimits;
}

export interface Gateway {
  /** Opens the doors; the ports they listen on. */
  start(): Promise<{ tcp: number; grpc: number; http: number }>;
  close(): Promise<void>;
}

/**
 * Terminates connections, authenticates, keeps sessions, and turns requests into operations.
 *
 * @throws ConfigError if the settings don't go together.
 */
export function createGateway(deps: GatewayDependencies): Gateway {
  const { stores, guard, metrics, log, settings } = deps;
  const memory = new MemoryWatch({ readUse: deps.readMemoryUse, metrics, log });
  const requireRoom = (payloadBytes: number) => memory.requireRoom(payloadBytes);
  const datagrams = { mostBytes: MAX_DATAGRAM_BYTES, mostPayloadBytes: mostDatagramPayloadBytes };
  const { tasks, deadLetters, executions, administration, policies, sessions, stats } = stores;
  const usable = (policy: DeliveryPolicy) => requireUsable(guard, policy);
  const certificates = doorCertificates(settings);
  const clients = withCertificates(
    withJwt(stores.clients, readJwtIssuers(settings.jwtIssuers)),
    certificateRules(settings.tlsClients, log.certificateRulesRefused),
  );
  const audit = new AuditTrail({
    store: stores.audit,
    onWritten: (count) => metrics.auditEntries('written', count),
    onLost(count, error) {
      metrics.auditEntries('lost', count);
      log.auditLost(count, error);
    },
  });
  const attempts = new FailedAttempts(metrics.authenticationSlowed);
  const uses = new KeyUses(clients, log.keyUseNotNoted);
  const keys = new LiveKeys(clients, uses, log.keyEnded);
  const admission = new AdmissionOfTasks({
    store: stores.limits,
    defaults: settings.clientLimits,
    onReached: metrics.limitReached,
    onError: log.limitsNotCounted,
  });
  const limitsOf = (clientId: string) => admission.limitsOf(clientId);
  const admit: AdmissionOfTasks['admit'] = (clientId, asked) => admission.admit(clientId, asked);
  const backend = {
    perform: createPerform(
      {
        tasks,
        deadLetters,
        executions,
        administration,
        policies,
        stats,
        audit: stores.audit,
        datagrams,
        requireRoom,
        admit,
        requireUsable: usable,
      },
      settings.redisTimeoutMs,
      audit,
      deps.activity,
    ),
    sessions: createSessions(
      { clients, sessions, guard, requireRoom, keys, uses, attempts, audit, policies: stores.policies },
      settings.redisTimeoutMs,
    ),
  };
  const limits = {
    ...TIME_LIMITS,
    maxConnections: settings.tcpMaxConnections,
    maxConnectionsPerAddress: settings.tcpMaxConnectionsPerAddress,
  };
  const tcp = createTcpServer(
    { port: settings.tcpPort, host: settings.host, certificate: certificates.tcp },
    {
      backend,
      metrics,
      log,
      limits,
      clients: new ClientShares({ limitsOf, onReached: metrics.limitReached }),
    },
  );
  const daemons = new Daemons({ assignments: stores.assignments, registry: stores.daemons, metrics, log });
  const authentication = createAuthentication({
    clients,
    attempts,
    audit,
    tokens: createTokens(settings.keyPepper, settings.tokenTtlMs),
    permissionsOf: (key) => keys.permissionsOf(key),
    anonymousClient: settings.spageAnonymousClient,
  });
  const hub = new EventHub(stores.events, log);
  const grpc = createGrpcDoor(deps, { perform: backend.perform, authentication, daemons, hub });
  const http = createHttpServer(
    {
      port: settings.httpPort,
      host: settings.host,
      certificate: certificates.http,
      limits: doorLimits(settings.httpMaxConnections),
      addRoutes: deps.addRoutes,
    },
    {
      ...backend,
      authentication,
      redisTimeoutMs: settings.redisTimeoutMs,
      requireReachable: usable,
      policies: new Policies({
        store: policies,
        seal: stores.headers,
        allowedHeaders: settings.callbackHeaders,
        redisTimeoutMs: settings.redisTimeoutMs,
      }),
      dashboard: deps.dashboard,
      events: stores.events,
      streams: new EventStreams({
        hub,
        limit: new StreamLimit(settings.httpMaxStreamsPerClient, 'BOOMERANG_HTTP_MAX_STREAMS_PER_CLIENT'),
        redisTimeoutMs: settings.redisTimeoutMs,
        onCount: metrics.httpEventStreams,
      }),
      stillGood: (bearer, caller) =>
        requireStillGood({ authentication, sessions: backend.sessions }, bearer, caller),
      metrics,
      log,
    },
  );
  return {
    async start() {
      await memory.start();
      daemons.start();
      // HTTP last: it is there that the process is said to be ready.
      return { tcp: await tcp.start(), grpc: await grpc.start(), http: await http.start() };
    },
    async close() {
      memory.close();
      daemons.close();
      await Promise.all([tcp.close(), grpc.close(), http.close()]);
      await audit.close();
    },
  };
}

interface Behind {
  readonly perform: Perform;
  readonly authentication: Authentication;
  readonly daemons: Daemons;
  readonly hub: EventHub;
}

function doorLimits(maxConnections: number): DoorLimits {
  return { ...TIME_LIMITS, maxConnections, maxConnectionsPerAddress: maxConnections };
}

function createGrpcDoor(
  deps: GatewayDependencies,
  { perform, authentication, daemons, hub }: Behind,
): GrpcServer {
  const { stores, metrics, log, settings, prometheus, trouble } = deps;
  const { events, assignments, daemons: registry } = stores;
  const api = {
    perform,
    authentication,
    prometheus,
    trouble,
    metrics,
    log,
    daemons,
    events,
    hub,
    assignments,
    registry,
    limit: new StreamLimit(settings.grpcMaxStreamsPerClient, 'BOOMERANG_GRPC_MAX_STREAMS_PER_CLIENT'),
  };
  return createGrpcServer(
    {
      port: settings.grpcPort,
      host: settings.host,
      certificate: doorCertificates(settings).grpc,
      maxConnectionAgeMs: settings.grpcMaxConnectionAgeMs,
    },
    {
      addServices: (server) => [addSpageApi(server, api)],
      trouble,
      metrics,
      log,
      limits: doorLimits(settings.grpcMaxConnections),
    },
  );
}

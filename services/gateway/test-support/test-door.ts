import {
  ActivityRecorder,
  type AuditReader,
  BoomerangError,
  type ClientAdministration,
  type ClientLimits,
  DEFAULT_PERMISSIONS,
  type DeadLetterStore,
  type ExecutionStore,
  type PolicyStore,
  type Session,
  type StatsStore,
  type TaskStore,
} from '@boomerang/domain';
import { type CertificateFiles, createLogger, createMetrics } from '@boomerang/runtime';
import { type DoorLimits, TIME_LIMITS } from '../src/doors/shared/limits.js';
import { ClientShares } from '../src/doors/tcp/client-shares.js';
import { createTcpServer } from '../src/doors/tcp/server.js';
import { createGatewayLog } from '../src/log.js';
import { createGatewayMetrics } from '../src/metrics.js';
import { createPerform } from '../src/operations/perform.js';
import type { Sessions } from '../src/operations/sessions/sessions.js';

import { DEFAULT_LIMITS } from './default-limits.js';

export const LIVE_SESSION = 'live';

export interface TestDoor {
  readonly port: number;
  /** Connections closed by the gateway so far, by reason. */
  closedConnections(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

interface TestDoorOptions {
  readonly limits?: Partial<DoorLimits>;
  readonly sessions?: Partial<Sessions>;
  readonly tasks?: Partial<TaskStore>;
  readonly certificate?: CertificateFiles;
  readonly clientLimits?: Partial<ClientLimits>;
}

/** A TCP door before operations on stores that hold nothing, which know one key, `good`, and one session, `live`. */
export async function openTestDoor({
  limits,
  sessions,
  tasks,
  certificate,
  clientLimits,
}: TestDoorOptions = {}): Promise<TestDoor> {
  const registry = createMetrics({ service: 'gateway' });
  const context = {
    tasks: { ...noTasks, ...tasks },
    deadLetters: {} as DeadLetterStore,
    executions: {} as ExecutionStore,
    stats: {} as StatsStore,
    audit: {} as AuditReader,
    administration: {} as ClientAdministration,
    policies: {} as PolicyStore,
    requireUsable: async () => undefined,
    datagrams: { mostBytes: 1_200, mostPayloadBytes: () => 0 },
    requireRoom: () => undefined,
    admit: async () => undefined,
  };
  const backend = {
    perform: createPerform(context, 5_000, { note: () => undefined }, new ActivityRecorder()),
    sessions: { ...oneSession, ...sessions },
  };
  const server = createTcpServer(
    { port: 0, host: '127.0.0.1', certificate },
    {
      backend,
      metrics: createGatewayMetrics(registry),
      log: createGatewayLog(createLogger({ service: 'gateway', level: 'silent' })),
      clients: new ClientShares({
        limitsOf: () => ({ ...DEFAULT_LIMITS, ...clientLimits }),
        onReached: () => undefined,
      }),
      limits: { ...TIME_LIMITS, maxConnections: 1_000, maxConnectionsPerAddress: 1_000, ...limits },
    },
  );
  return {
    port: await server.start(),
    async closedConnections() {
      const counter = registry.getSingleMetric('boomerang_gateway_closed_connections_total');
      const { values } = (await counter?.get()) ?? { values: [] };
      return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
    },
    close: () => server.close(),
  };
}

const session: Session = {
  sessionId: LIVE_SESSION,
  clientId: 'c',
  keyId: 'k',
  permissions: DEFAULT_PERMISSIONS,
  policy: {
    callback: { protocol: 'TCP', endpoint: '192.0.2.1:1' },
    retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 1, maxIntervalMs: 1 },
    dlq: { destination: 'd' },
  },
  expiresAtMs: 1,
};

function requireLive(sessionId: string): Session {
  if (sessionId === LIVE_SESSION) return session;
  throw new BoomerangError('session_expired', 'session expired or unknown');
}

const oneSession: Sessions = {
  async open({ key }) {
    if (key !== 'good') throw new BoomerangError('unauthorized', 'unknown or wrong key');
    return session;
  },
  refresh: async (sessionId) => requireLive(sessionId).expiresAtMs,
  callerOf: requireLive,
};

const noTasks: TaskStore = {
  register: async () => ({ taskId: 't', scheduledTimeMs: 1 }),
  now: async () => 0,
  cancel: async () => ({ kind: 'not_found' }),
  reschedule: async () => ({ kind: 'not_found' }),
  pause: async () => ({ kind: 'not_found' }),
  resume: async () => ({ kind: 'not_found' }),
  fire: async () => ({ kind: 'not_found' }),
  get: async () => undefined,
  list: async () => ({ tasks: [], next: undefined }),
};

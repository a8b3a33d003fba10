import { BoomerangError, DEFAULT_PERMISSIONS } from '@boomerang/domain';
import { createLogger, createMetrics } from '@boomerang/runtime';
import type { CertificateFiles } from '../src/doors/shared/certificate.js';
import { type DoorLimits, TIME_LIMITS } from '../src/doors/shared/limits.js';
import { createTcpServer } from '../src/doors/tcp/server.js';
import { createGatewayLog } from '../src/log.js';
import { createGatewayMetrics } from '../src/metrics.js';
import type { Operations } from '../src/operations/operations.js';

export const LIVE_SESSION = 'live';

export interface TestDoor {
  readonly port: number;
  /** Connections closed by the gateway so far, by reason. */
  closedConnections(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

interface TestDoorOptions {
  readonly limits?: Partial<DoorLimits>;
  readonly operations?: Partial<Operations>;
  readonly certificate?: CertificateFiles;
}

/** A TCP door with short limits, before operations that know one key, `good`, and one session, `live`. */
export async function openTestDoor({
  limits,
  operations,
  certificate,
}: TestDoorOptions = {}): Promise<TestDoor> {
  const registry = createMetrics({ service: 'gateway' });
  const server = createTcpServer(
    { port: 0, host: '127.0.0.1', certificate },
    {
      operations: { ...inMemoryOperations, ...operations },
      metrics: createGatewayMetrics(registry),
      log: createGatewayLog(createLogger({ service: 'gateway', level: 'silent' })),
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

async function requireLive(sessionId: string): Promise<void> {
  if (sessionId !== LIVE_SESSION) throw new BoomerangError('session_expired', 'session expired or unknown');
}

const notServed = async () => {
  throw new BoomerangError('invalid_request', 'not served here');
};

const inMemoryOperations: Operations = {
  async openSession(key, policy) {
    if (key !== 'good') throw new BoomerangError('unauthorized', 'auth_token: unknown or wrong key');
    const whose = { clientId: 'c', keyId: 'k', permissions: DEFAULT_PERMISSIONS };
    return { ...whose, sessionId: LIVE_SESSION, policy: policy(), expiresAtMs: 1 };
  },
  async refreshSession(sessionId) {
    await requireLive(sessionId);
    return 1;
  },
  async registerTask(sessionId) {
    await requireLive(sessionId);
    return { taskId: 't', scheduledTimeMs: 1 };
  },
  cancelTask: notServed,
  getTask: notServed,
  listTasks: notServed,
  listDeadLetters: notServed,
  replayDeadLetters: notServed,
  purgeDeadLetters: notServed,
};

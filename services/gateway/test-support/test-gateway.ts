import { connect as connectSocket, type Socket } from 'node:net';
import { AddressGuard, type AddressGuardOptions } from '@boomerang/address-guard';
import { connect } from '@boomerang/client';
import { ActivityRecorder, DEFAULT_ALLOWED_HEADERS, type ErrorClass, type NewKey } from '@boomerang/domain';
import { type DecodedEnvelope, decodeEnvelope, FrameDecoder } from '@boomerang/protocol';
import {
  connectRedis,
  createAssignmentStore,
  createAuditStore,
  createClientAdministration,
  createClientDirectory,
  createDaemonRegistry,
  createDeadLetterStore,
  createEventStore,
  createExecutionListener,
  createExecutionStore,
  createHeaderSeal,
  createLimitStore,
  createOccurrenceStore,
  createPolicyStore,
  createSessionStore,
  createSliceStore,
  createStatsStore,
  createTaskStore,
  loadPartitionMap,
  loadScripts,
  openEngine,
  openSigningSecrets,
  openSubscription,
  type RedisConnection,
} from '@boomerang/redis';
import { startRedisServer } from '@boomerang/redis-server';
import { createLogger, createMetrics } from '@boomerang/runtime';
import { createGateway, type GatewaySettings } from '../src/gateway.js';
import { createGatewayLog } from '../src/log.js';
import { createGatewayMetrics } from '../src/metrics.js';
import { DEFAULT_LIMITS } from './default-limits.js';

export interface TestGateway {
  readonly redis: RedisConnection;
  /** Keys of two clients, `shop` and `rival`. */
  readonly tokens: { readonly shop: string; readonly rival: string };
  /** A further key of a client. */
  addKey(clientId: string, key?: NewKey): Promise<string>;
  /** A further gateway on the same Redis; its port. */
  open(settings?: Partial<GatewaySettings>): Promise<number>;
  /** The same; the ports of all its doors. */
  openDoors(
    settings?: Partial<GatewaySettings>,
  ): Promise<{ readonly tcp: number; readonly grpc: number; readonly http: number; close(): Promise<void> }>;
  /** Does what workers and schedulers do of executions, until the returned function is called. */
  startDraining(): Promise<() => void>;
  /** Settles as dead letters what is due. */
  failAll(errorClass?: ErrorClass): Promise<void>;
  stop(): Promise<void>;
}

export const PEPPER = 'a pepper of some length';

const SETTINGS: GatewaySettings = {
  host: '127.0.0.1',
  tcpPort: 0,
  tcpMaxConnections: 1_000,
  tcpMaxConnectionsPerAddress: 1_000,
  tcpTlsCert: undefined,
  tcpTlsKey: undefined,
  grpcPort: 0,
  grpcMaxConnections: 1_000,
  grpcMaxConnectionAgeMs: 60_000,
  grpcMaxStreamsPerClient: 100,
  grpcTlsCert: undefined,
  grpcTlsKey: undefined,
  httpPort: 0,
  httpMaxConnections: 1_000,
  httpTlsCert: undefined,
  httpTlsKey: undefined,
  tlsClientCa: undefined,
  tlsClients: undefined,
  httpMaxStreamsPerClient: 2,
  callbackHeaders: DEFAULT_ALLOWED_HEADERS,
  keyPepper: PEPPER,
  tokenTtlMs: 60_000,
  spageAnonymousClient: undefined,
  jwtIssuers: undefined,
  redisTimeoutMs: 1_500,
  clientLimits: DEFAULT_LIMITS,
};

/** Lets endpoints through that nobody answers at (RFC 5737) and all names, none of which is resolved. */
function guardOfTests(): AddressGuard {
  const resolve: AddressGuardOptions['resolve'] = (_name, _options, callback) =>
    callback(new Error('no resolver here'), []);
  return new AddressGuard(['127.0.0.0/8', '192.0.2.0/24'], { resolve });
}

/** Gateways in this process on a Redis of their own. */
export async function startTestGateway({
  sessionTtlMs = 60_000,
  guard = guardOfTests(),
  dashboard = undefined as string | undefined,
  masterKey = undefined as Uint8Array | undefined,
} = {}): Promise<TestGateway> {
  const server = await startRedisServer();
  const redis = await connectRedis({ url: server.url, name: 'gateway-test' });
  const clients = createClientDirectory(redis, PEPPER);
  for (const name of ['shop', 'rival']) await clients.create(name);
  const tokens = { shop: await clients.addKey('shop'), rival: await clients.addKey('rival') };
  const partitions = await loadPartitionMap(redis, 4);
  const run = loadScripts(redis);
  const settings = {
    sliceMs: 1_000,
    retentionMs: 60_000,
    keyPepper: PEPPER,
    idempotencyRetentionMs: 86_400_000,
  };
  const subscription = await openSubscription({
    url: server.url,
    connection: redis,
    name: 'gateway-test-executions',
  });
  const listener = await createExecutionListener(subscription, await partitions.all());
  const secrets = masterKey && (await openSigningSecrets(redis, masterKey));
  const stores = {
    policies: createPolicyStore(redis),
    headers: createHeaderSeal(masterKey && secrets && { masterKey, secrets }),
    clients,
    administration: createClientAdministration(redis, PEPPER, secrets),
    sessions: createSessionStore(redis, sessionTtlMs),
    tasks: createTaskStore(run, partitions, settings),
    deadLetters: createDeadLetterStore(run, partitions, settings),
    executions: createExecutionStore(run, partitions, settings),
    assignments: createAssignmentStore(run, partitions, listener, settings),
    daemons: createDaemonRegistry(run, partitions, listener),
    events: createEventStore(redis, partitions),
    limits: createLimitStore(redis, run, partitions),
    audit: createAuditStore(redis, 60_000),
    stats: createStatsStore(redis, run, partitions),
  };
  const gateways: { close(): Promise<void> }[] = [];
  async function openDoors(settings: Partial<GatewaySettings> = {}) {
    const prometheus = createMetrics({ service: 'gateway' });
    const gateway = createGateway({
      stores,
      activity: new ActivityRecorder(),
      guard,
      metrics: createGatewayMetrics(prometheus),
      prometheus,
      trouble: async () => undefined,
      log: createGatewayLog(createLogger({ service: 'gateway', level: 'silent' })),
      readMemoryUse: async () => ({ usedBytes: 0, limitBytes: 0, mayEvict: false }),
      settings: { ...SETTINGS, ...settings },
      addRoutes: () => undefined,
      dashboard,
    });
    gateways.push(gateway);
    return { ...(await gateway.start()), close: () => gateway.close() };
  }

  return {
    redis,
    tokens,
    openDoors,
    addKey: (clientId, key) => clients.addKey(clientId, key),
    open: async (settings) => (await openDoors(settings)).tcp,
    async failAll(errorClass = 'rejected') {
      const engine = await openEngine({
        url: server.url,
        name: 'worker',
        partitions: 4,
        onError: () => undefined,
      });
      const store = createOccurrenceStore(engine, { ...settings, leaseMs: 10_000 }, (_taskId, error) => {
        throw error;
      });
      for (const partition of engine.partitions.keys()) {
        const { claimed } = await store.claim(partition, 256, 5);
        const failure = { attempt: 1, atMs: Date.now(), durationMs: 7, errorClass, error: 'it failed' };
        const settlement = { kind: 'dead_letter', failure } as const;
        if (claimed.length > 0)
          await store.settle(
            partition,
            claimed.map((occurrence) => ({ occurrence, settlement })),
          );
      }
      engine.close();
    },
    async startDraining() {
      const engine = await openEngine({
        url: server.url,
        name: 'worker',
        partitions: 4,
        onError: () => undefined,
      });
      const store = createOccurrenceStore(engine, { ...settings, leaseMs: 10_000 }, () => undefined);
      const slices = createSliceStore(engine, { sliceMs: 1_000, horizonMs: 5_000, schedulerLeaseMs: 1_000 });
      const timer = setInterval(() => {
        for (const partition of engine.partitions.keys()) {
          store.claim(partition, 256, 5).catch(() => undefined);
          slices.recoverLost(partition, Number.MAX_SAFE_INTEGER).catch(() => undefined);
        }
      }, 20);
      return () => {
        clearInterval(timer);
        engine.close();
      };
    },
    async stop() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      subscription.close();
      redis.disconnect();
      await server.stop();
    },
  };
}

/** A raw connection: writes bytes, collects envelopes. */
export async function rawConnection(port: number, { allowHalfOpen = false } = {}) {
  const socket: Socket = connectSocket({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const received: DecodedEnvelope[] = [];
  const decoder = new FrameDecoder();
  socket.on('data', (chunk: Buffer) => received.push(...decoder.push(chunk).map(decodeEnvelope)));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, received, closed };
}

export const connectTo = (port: number) => connect({ port });

import type { Duplex } from 'node:stream';
import type { CertificateFiles } from '@boomerang/runtime';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { DoorLimits } from '../shared/limits.js';
import { createListener } from './listener.js';
import { addReflection } from './reflection.js';
import { addStandardHealth } from './standard-health.js';

export interface GrpcServer {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Accepts no more, lets calls end for `drainMs`, and closes all connections. Can be called twice. */
  close(): Promise<void>;
}

export interface GrpcServerOptions {
  readonly port: number;
  readonly host: string;
  /** What TLS is spoken with; undefined: HTTP/2 in clear text. */
  readonly certificate: CertificateFiles | undefined;
  /** Age at which a connection is asked to end, ms, so that load balancers distribute clients again. */
  readonly maxConnectionAgeMs: number;
}

export interface GrpcServerDependencies {
  /** Adds services and their handlers; full names, for reflection and the health service. */
  readonly addServices: (server: Server) => readonly string[];
  /** Why the gateway can't serve requests now; undefined if it can. */
  readonly trouble: () => Promise<string | undefined>;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  readonly limits: DoorLimits;
}

/** A payload of 1 MiB, map keys and metadata, and some room so that a slightly larger message gets a clear error. */
const MOST_MESSAGE_BYTES = 4 * 1_048_576;
/** Calls and streams at a time on one connection. */
const MOST_STREAMS = 1_000;
/** Time that a connection has to end after it was asked to, ms: clients open their streams again elsewhere. */
const AGE_GRACE_MS = 60_000;
const KEEPALIVE_EVERY_MS = 20_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** Time for calls in progress when the door closes, ms. */
const DRAIN_MS = 5_000;

/** The door for gRPC. */
export function createGrpcServer(
  { maxConnectionAgeMs, ...options }: GrpcServerOptions,
  { addServices, trouble, ...deps }: GrpcServerDependencies,
): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.max_send_message_length': 16 * MOST_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': MOST_STREAMS,
    'grpc.max_connection_age_ms': maxConnectionAgeMs,
    'grpc.max_connection_age_grace_ms': AGE_GRACE_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_EVERY_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.enable_channelz': 0,
  });
  const services = addServices(server);
  const health = addStandardHealth(server, services, trouble);
  addReflection(server, services);
  // Connections come from the listener, which has accepted, counted and decrypted them.
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  const onConnection = (connection: Duplex) => connections.injectConnection(connection);
  const listener = createListener({ ...options, onConnection }, deps);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    health.close();
    await listener.close();
    const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    const late = setTimeout(() => server.forceShutdown(), DRAIN_MS);
    connections.drain(DRAIN_MS);
    await ended;
    clearTimeout(late);
  }

  return {
    start: () => listener.start(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

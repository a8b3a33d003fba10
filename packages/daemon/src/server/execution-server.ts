import { readFileSync } from 'node:fs';
import { readContractDescriptors } from '@boomerang/protocol';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { EnumTypeDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { addSpageExecution, type ExecutionServiceDependencies } from './execution-service.js';
import { Speakers } from './speakers.js';

export interface ExecutionServer {
  /** Listens, and returns the port. Rejects if it can't. */
  start(): Promise<number>;
  /** Tells that nothing new is taken. */
  drain(): void;
  /** Closes all connections. Can be called twice. */
  close(): Promise<void>;
}

export interface ExecutionServerOptions {
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly grpcTlsCert: string | undefined;
  readonly grpcTlsKey: string | undefined;
}

/** A step's output comes whole in one message: the usual 4 MiB would end the stream, and lose all that comes after. */
const MOST_MESSAGE_BYTES = 64 * 1_048_576;
const CLOSE_MS = 1_000;

/**
 * Serves engines. Streams are never ended from here for being idle or old: an engine opens each of its streams once, and
 * hours may pass between two of its messages.
 */
export function createExecutionServer(
  { grpcHost, grpcPort, grpcTlsCert, grpcTlsKey }: ExecutionServerOptions,
  deps: Omit<ExecutionServiceDependencies, 'streams' | 'speakers'>,
): ExecutionServer {
  const streams = new Set<() => void>();
  const speakers: Speakers = new Speakers((id) => deps.runs.hearSilence(id, () => !speakers.speaksOf(id)));
  const server = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.max_send_message_length': MOST_MESSAGE_BYTES,
    'grpc.enable_channelz': 0,
  });
  const service = addSpageExecution(server, { ...deps, streams, speakers });
  const health = new HealthImplementation({ '': 'SERVING', [service]: 'SERVING' });
  health.addToServer(server);
  const format = 'Protocol Buffer 3 EnumDescriptorProto';
  const contract: EnumTypeDefinition = { format, type: {}, fileDescriptorProtos: readContractDescriptors() };
  new ReflectionService({ contract }, { services: [service] }).addToServer(server);
  const address = `${grpcHost.includes(':') ? `[${grpcHost}]` : grpcHost}:${grpcPort}`;

  return {
    start: () =>
      new Promise((resolve, reject) => {
        const credentials = credentialsOf(grpcTlsCert, grpcTlsKey);
        server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
      }),
    drain: () => health.setStatus('', 'NOT_SERVING'),
    async close() {
      for (const cut of [...streams]) cut();
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, CLOSE_MS);
        server.tryShutdown(() => {
          clearTimeout(late);
          resolve();
        });
      });
    },
  };
}

function credentialsOf(cert: string | undefined, key: string | undefined): ServerCredentials {
  if (cert === undefined || key === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [
    { cert_chain: readFileSync(cert), private_key: readFileSync(key) },
  ]);
}

import type { spage } from '@boomerang/protocol';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { hello, SpageClient, type TestStream } from './spage-client.js';
import { startTestGateway, type TestGateway } from './test-gateway.js';

export interface SpageGateway {
  readonly gateway: TestGateway;
  /** Port of gRPC. */
  readonly port: number;
  /** That of another gateway on the same Redis. */
  readonly otherPort: number;
  /** Is closed at the end of its test. */
  connect(bearer?: string, at?: number): SpageClient;
  anonymous(at?: number): SpageClient;
  /** A stream of a daemon. */
  daemon(changes?: Record<string, string>, at?: number): TestStream;
  statusOf(taskId: string): Promise<spage.core.TaskStatus | null | undefined>;
}

/** Two gateways for the tests of a file, on a Redis that is empty again before each test; what is due becomes ready. */
export function useSpageGateway(): SpageGateway {
  let gateway: TestGateway;
  let stopDraining: () => void;
  const ports = { port: 0, otherPort: 0 };
  const clients: SpageClient[] = [];
  beforeAll(async () => {
    gateway = await startTestGateway();
    ports.port = (await gateway.openDoors()).grpc;
    ports.otherPort = (await gateway.openDoors()).grpc;
    stopDraining = await gateway.startDraining();
  });
  afterAll(async () => {
    stopDraining();
    await gateway.stop();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  beforeEach(async () => {
    const keys = await gateway.redis.keys('{*');
    if (keys.length > 0) await gateway.redis.del(...keys);
  });

  function open(bearer: string | undefined, at: number): SpageClient {
    const client = new SpageClient(at, bearer);
    clients.push(client);
    return client;
  }
  const connect = (bearer = gateway.tokens.shop, at = ports.port) => open(bearer, at);

  return {
    get gateway() {
      return gateway;
    },
    get port() {
      return ports.port;
    },
    get otherPort() {
      return ports.otherPort;
    },
    connect,
    anonymous: (at = ports.port) => open(undefined, at),
    daemon(changes, at) {
      const stream = connect(gateway.tokens.shop, at).stream();
      stream.send('daemon.hello', hello(changes));
      return stream;
    },
    statusOf: async (taskId) => (await connect().call('getTaskStatus', { taskId })).task?.status,
  };
}

export const aSubmission = (changes: spage.api.SubmitTaskRequest.$Properties = {}) => ({
  type: 'playbook',
  payload: { playbook: 'main.yml', inventory: 'hosts.yml' },
  ...changes,
});

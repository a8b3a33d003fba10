import {
  createForwardingStore,
  createOccurrenceStore,
  createTaskStore,
  loadPartitionMap,
  openEngine,
} from '@boomerang/redis';
import { startTestRedis } from '@boomerang/testkit';

const SETTINGS = {
  sliceMs: 1_000,
  retentionMs: 60_000,
  leaseMs: 10_000,
  keyPepper: 'a pepper of some length',
  idempotencyRetentionMs: 86_400_000,
};

/** A Redis of one partition, and tasks in it that fail for good. */
export type DeadLetters = Awaited<ReturnType<typeof startDeadLetters>>;

export async function startDeadLetters() {
  const server = await startTestRedis();
  const onError = () => undefined;
  const engine = await openEngine({ url: server.url, name: 'test', partitions: 1, onError });
  const tasks = createTaskStore(engine.run, await loadPartitionMap(engine.connection, 1), SETTINGS);
  const occurrences = createOccurrenceStore(engine, SETTINGS, (_taskId, error) => {
    throw error;
  });
  const dlq = engine.partitions[0]?.dlq as string;

  return {
    server,
    store: (forwardLeaseMs = 20_000) =>
      createForwardingStore(engine, { forwardLeaseMs, forwardedRetentionMs: 60_000 }),

    /** Answers the task's id. */
    async add(destination: string, payload = 'x', clientId = 'shop'): Promise<string> {
      const policy = {
        callback: { protocol: 'HTTP', endpoint: 'http://192.0.2.1/' },
        retry: { maxAttempts: 1, strategy: 'FIXED', intervalMs: 100, maxIntervalMs: 100 },
        dlq: { destination },
      } as const;
      const task = { payload: Buffer.from(payload), delayMs: 0, repeatIntervalMs: 0 };
      const { taskId } = await tasks.register(clientId, policy, task);
      const { claimed } = await occurrences.claim(0, 256, 50);
      const failure = { attempt: 1, atMs: 1, durationMs: 1, errorClass: 'rejected', error: 'no' } as const;
      const settlement = { kind: 'dead_letter', failure } as const;
      await occurrences.settle(
        0,
        claimed.map((occurrence) => ({ occurrence, settlement })),
      );
      return taskId;
    },

    /** Puts what is sorted into a queue that is called by its destination alone. */
    async asOlderRelease(destination: string): Promise<void> {
      const { connection } = engine;
      const ids = (await connection.xrange(dlq, '-', '+')).map(([id]) => id);
      await connection.call(
        'XCLAIM',
        dlq,
        'forwarders',
        destination,
        0,
        ...ids,
        'IDLE',
        1_000_000_000,
        'JUSTID',
      );
    },

    /** Entries of the stream, forwarded or not. */
    count: () => engine.connection.xlen(dlq),
    empty: () => engine.connection.flushall(),

    async stop() {
      engine.close();
      await server.stop();
    },
  };
}

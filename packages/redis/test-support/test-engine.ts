import { randomUUID } from 'node:crypto';
import {
  type ClaimedOccurrence,
  DEFAULT_PERMISSIONS,
  type DeliveryPolicy,
  type ErrorClass,
} from '@boomerang/domain';
import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import type { Redis } from 'ioredis';
import { createDeadLetterStore } from '../src/dead-letters/dead-letter-store.js';
import { openEngine } from '../src/engine/engine.js';
import type { ObservedClock } from '../src/engine/server-clock.js';
import { createOccurrenceStore } from '../src/occurrences/occurrence-store.js';
import { createSliceStore } from '../src/occurrences/slice-store.js';
import type { PartitionKeys } from '../src/partitions/keys.js';
import { loadPartitionMap } from '../src/partitions/partition-map.js';
import { loadPartitions } from '../src/partitions/partitions.js';
import { createTaskStore } from '../src/tasks/task-store.js';

export const SETTINGS = {
  sliceMs: 1_000,
  retentionMs: 60_000,
  keyPepper: 'a pepper of some length',
  idempotencyRetentionMs: 86_400_000,
};
export const LEASE_MS = 10_000;

/** For a store that meets nothing but what it can read. */
export function allReadable(_taskId: string, error: Error): never {
  throw error;
}

/** The stores of one Redis with `partitions` partitions, and what tests look at it with. */
export type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

export async function startTestEngine({ partitions: count = 1, leaseMs = LEASE_MS } = {}) {
  const server: RedisServer = await startRedisServer();
  const onError = () => undefined;
  const engine = await openEngine({ url: server.url, name: 'test', partitions: count, onError });
  const redis = engine.connection as Redis;
  const { run, partitions } = engine;
  const map = await loadPartitionMap(redis, count);
  const unreadable: string[] = [];
  const lookSettings = { sliceMs: SETTINGS.sliceMs, horizonMs: 5_000, schedulerLeaseMs: 1_000 };
  return {
    engine,
    server,
    redis,
    run,
    partitions,
    map,
    clock: engine.clocks[0] as ObservedClock,
    keys: partitions[0] as PartitionKeys,
    tasks: createTaskStore(run, map, SETTINGS),
    occurrences: createOccurrenceStore(engine, { ...SETTINGS, leaseMs }, (taskId, { message }) => {
      unreadable.push(`${taskId}: ${message}`);
    }),
    /** What the occurrence store was told of. */
    unreadable,
    deadLetters: createDeadLetterStore(run, map, SETTINGS),
    slices: () => createSliceStore(engine, lookSettings),

    /** Redis's clock, Unix epoch ms with fraction. */
    async now(): Promise<number> {
      const [seconds, microseconds] = await redis.time();
      return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    },

    /** Empties Redis but for the partition count, and lets it grow. */
    async reset(): Promise<void> {
      await redis.config('SET', 'maxmemory', '0');
      await redis.flushall();
      await loadPartitions(redis, count);
      unreadable.length = 0;
    },

    async stop(): Promise<void> {
      engine.close();
      await server.stop();
    },
  };
}

/** A policy of its own, so that tests don't share one. */
export function aPolicy(retry: Partial<DeliveryPolicy['retry']> = {}): DeliveryPolicy {
  return {
    callback: { protocol: 'HTTP', endpoint: `http://192.0.2.1/${randomUUID()}` },
    retry: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 100, maxIntervalMs: 60_000, ...retry },
    dlq: { destination: 'failed-orders' },
  };
}

/** As of a client's key that was found good. */
export function aKey(clientId = 'shop') {
  return { clientId, keyId: 'k1', permissions: DEFAULT_PERMISSIONS };
}

export function aTask({ delayMs = 0, repeatIntervalMs = 0, payload = 'payload' } = {}) {
  return { payload: Buffer.from(payload), delayMs, repeatIntervalMs };
}

/** Claims what is due by `aheadMs` from now. */
export async function claimAll(engine: TestEngine, aheadMs = 0): Promise<ClaimedOccurrence[]> {
  const { claimed } = await engine.occurrences.claim(0, 256, aheadMs);
  return [...claimed];
}

/** Has what is overdue moved to the queues of these clients. A claim makes none if only one client has anything overdue. */
export async function queueOverdue(engine: TestEngine, clients: readonly string[]): Promise<void> {
  const other = 'has something overdue';
  const { taskId } = await engine.tasks.register(other, aPolicy(), aTask());
  const atMost = new Map([...clients, other].map((client) => [client, 0]));
  await engine.occurrences.claim(0, 1, 5, atMost);
  await engine.tasks.cancel(other, taskId);
}

/** Claims what is due in any partition and settles it as dead letters. */
export async function failAll(engine: TestEngine, errorClass: ErrorClass = 'rejected'): Promise<void> {
  for (const partition of engine.partitions.keys()) {
    const { claimed } = await engine.occurrences.claim(partition, 256, 5);
    const settlement = { kind: 'dead_letter', failure: { ...failure(1), errorClass } } as const;
    if (claimed.length === 0) continue;
    await engine.occurrences.settle(
      partition,
      claimed.map((occurrence) => ({ occurrence, settlement })),
    );
  }
}

export async function claimOne(engine: TestEngine, aheadMs = 5): Promise<ClaimedOccurrence> {
  const claimed = await claimAll(engine, aheadMs);
  if (claimed.length !== 1) throw new Error(`claimed ${claimed.length} occurrences, not one`);
  return claimed[0] as ClaimedOccurrence;
}

export const DELIVERED = { kind: 'delivered', atMs: 1_795_305_600_000, durationMs: 12 } as const;

export function failure(attempt: number, error = 'HTTP status 500') {
  return { attempt, atMs: 1_795_305_600_000, durationMs: 12, errorClass: 'rejected' as const, error };
}

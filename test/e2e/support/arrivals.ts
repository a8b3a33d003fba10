import {
  connect,
  createHttpReceiver,
  type HttpVerdict,
  openSession,
  type ReceivedCallback,
  type SessionOptions,
} from '@boomerang/client';
import type { RedisConnection } from '@boomerang/redis';
import { type StackRedis, type TestStack, waitFor } from '@boomerang/testkit';
import { expect } from 'vitest';

/** A callback, with the latest that Redis's clock can have shown when it arrived. */
export interface Arrival extends ReceivedCallback {
  readonly text: string;
  /** Unix epoch ms with fraction. */
  readonly redisMs: number;
}

export interface Arrivals {
  readonly url: string;
  readonly all: readonly Arrival[];
  of(taskId: string): Arrival[];
  /** Waits until `count` callbacks have arrived for the task, or in all. */
  waitFor(count: number, taskId?: string, timeoutMs?: number): Promise<Arrival[]>;
  close(): Promise<void>;
}

/** Receives callbacks and answers them with `verdict`; none may be early by Redis's clock. */
export async function receiveCallbacks(
  redis: RedisConnection,
  verdict: (arrival: Arrival) => HttpVerdict | Promise<HttpVerdict> = () => undefined,
): Promise<Arrivals> {
  const redisMsAt = await readRedisClock(redis);
  const all: Arrival[] = [];
  const receiver = await createHttpReceiver({
    onCallback(callback) {
      const text = Buffer.from(callback.payload.subarray(0, 100)).toString();
      const arrival = {
        ...callback,
        text,
        redisMs: redisMsAt(callback.receivedAtMs - performance.timeOrigin),
      };
      all.push(arrival);
      return verdict(arrival);
    },
  });
  const of = (taskId: string) => all.filter((arrival) => arrival.taskId === taskId);
  return {
    url: receiver.url,
    all,
    of,
    async waitFor(count, taskId, timeoutMs = 15_000) {
      const seen = () => (taskId === undefined ? all : of(taskId));
      const message = `${count} callbacks${taskId ? ` of ${taskId}` : ''}`;
      await waitFor(() => seen().length >= count, { timeoutMs, message });
      return seen();
    },
    async close() {
      await receiver.close();
      expectNoneEarly(all);
    },
  };
}

export function expectNoneEarly(arrivals: readonly Arrival[]): void {
  const early = arrivals.filter(({ redisMs, scheduledTimeMs }) => redisMs < scheduledTimeMs);
  expect(
    early.map(({ taskId, redisMs, scheduledTimeMs }) => ({ taskId, by: scheduledTimeMs - redisMs })),
  ).toEqual([]);
}

/** Monotonic ms to the latest that Redis's clock can show then, from the best of some readings. */
async function readRedisClock(redis: RedisConnection): Promise<(monotonicMs: number) => number> {
  let offset = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const sentAt = performance.now();
    const [seconds, microseconds] = await redis.time();
    offset = Math.min(offset, Number(seconds) * 1_000 + Number(microseconds) / 1_000 - sentAt);
  }
  return (monotonicMs) => monotonicMs + offset;
}

/** A session of the stack's test client on a connection of its own. */
export async function sessionOn(stack: TestStack<StackRedis>, options: Partial<SessionOptions>, gateway = 0) {
  const connection = await connect({ port: stack.tcpPorts[gateway] as number });
  return openSession(connection, { token: stack.token, ...options });
}

export const http = (arrivals: Arrivals) => ({ protocol: 'HTTP' as const, endpoint: arrivals.url });

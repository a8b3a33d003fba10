import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedisServer } from '@boomerang/redis-server';
import type { Tell } from '../tell.js';

export interface OwnRedis {
  readonly url: string;
  stop(): Promise<void>;
}

export interface OwnRedisOptions {
  /** Absent: a temporary one. */
  readonly dataDir?: string;
  readonly tell: Tell;
  /** Called with its pid each time it was started. */
  readonly onStart?: (pid: number) => void;
  /** Once it is aborted, a Redis that ends is not started again. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 500;

/** Starts a Redis for the stack. When it dies it is started again, on the same port and with the same data. */
export async function startOwnRedis({ dataDir, tell, onStart, signal }: OwnRedisOptions): Promise<OwnRedis> {
  const first = await startRedisServer({ log: tell, ...(dataDir === undefined ? {} : { dataDir }) });
  let current = first;
  const stopping = new AbortController();
  const over = AbortSignal.any([signal, stopping.signal]);
  onStart?.(first.pid);
  const watching = watch();

  async function watch(): Promise<void> {
    while (!over.aborted) {
      const { code, signal: by } = await current.exited;
      if (over.aborted) return;
      tell(`redis ended (${by ?? `code ${code}`}): starting it again`);
      const next = await startAgain(first, tell, over);
      if (!next) return;
      current = next;
      onStart?.(next.pid);
    }
  }

  return {
    url: first.url,
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
      if (current !== first) await Promise.all([current.stop(), first.stop()]);
    },
  };
}

async function startAgain(
  { port, dataDir }: RedisServer,
  tell: Tell,
  signal: AbortSignal,
): Promise<RedisServer | undefined> {
  while (!signal.aborted) {
    try {
      return await startRedisServer({ port, dataDir });
    } catch (error) {
      tell(`redis could not be started again: ${(error as Error).message}`);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

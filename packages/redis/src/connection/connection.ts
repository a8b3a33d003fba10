import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import {
  clusterNodes,
  credentials,
  type RedisAddress,
  sentinelOptions,
  tlsOptions,
} from './redis-address.js';

/** A connection to one Redis, to the primary that Sentinels name, or to a Redis Cluster. */
export type RedisConnection = Redis | Cluster;

export interface ConnectOptions extends RedisAddress {
  /** Shows in `CLIENT LIST`. */
  readonly name: string;
  /** Rejects a command whose answer takes longer, in ms; absent = wait for as long as the connection lives. */
  readonly commandTimeoutMs?: number;
  /** Whether commands wait for a lost connection to come back. BullMQ and subscribers do; ours fail at once. */
  readonly patient?: boolean;
  readonly onError?: (error: Error) => void;
}

/** A connection that owes an answer for this long is given up, ms. */
const SILENCE_MS = 5_000;
/** How often a Redis that is still reading its data is asked whether it has, ms. */
const LOADING_LOOK_MS = 250;
/** A connection that meets a read-only Redis is made anew, for the name may lead to another by now: at most this often. */
const READ_ONLY_RETRY_MS = 1_000;

function reconnectAfterMs(tries: number): number {
  return Math.min(tries * 50, 500);
}

/**
 * Opens a connection and resolves once it is ready. It reconnects for as long as it lives. Unless `patient`, a command
 * is never resent or queued: when the connection is lost it rejects, so that the caller decides what a doubt means; and
 * the commands of one turn of the event loop travel together, which spares Redis several times what they cost alone.
 *
 * @throws when the first connection can't be made within five seconds.
 */
export async function connectRedis(options: ConnectOptions): Promise<RedisConnection> {
  const redis = createConnection(options);
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
    options.onError?.(error);
  });
  try {
    await ready(redis, 5_000);
  } catch (error) {
    redis.disconnect();
    const reason = lastError?.message || (error as Error).message;
    throw new Error(`can't reach Redis at ${withoutPassword(options.url)}: ${reason}`, { cause: error });
  }
  if (options.patient && redis instanceof Redis) watchForSilence(redis);
  return redis;
}

/** Nothing else notices a connection that died without a word while commands or messages are waited for. */
function watchForSilence(redis: Redis): void {
  const timer = setInterval(async () => {
    if (redis.status !== 'ready') return;
    const answered = await Promise.race([redis.ping().then(Boolean, () => true), sleep(SILENCE_MS, false)]);
    if (!answered) redis.disconnect(true);
  }, SILENCE_MS);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
}

function createConnection(options: ConnectOptions): RedisConnection {
  const { name, commandTimeoutMs, patient } = options;
  const behaviour = {
    connectionName: name,
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient ?? false,
    autoResendUnfulfilledCommands: patient ?? false,
    ...(patient ? {} : { enableAutoPipelining: true, socketTimeout: SILENCE_MS }),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
    retryStrategy: reconnectAfterMs,
    maxLoadingRetryTime: LOADING_LOOK_MS,
    reconnectOnError: leavesReadOnly(),
  } satisfies RedisOptions;
  const nodes = clusterNodes(options);
  const { url, sentinelMaster } = options;
  const redisOptions = { ...behaviour, ...tlsOptions(options) };
  if (sentinelMaster !== undefined) {
    const sentinels = sentinelOptions(options, sentinelMaster);
    return new Redis({ ...redisOptions, ...sentinels, sentinelRetryStrategy: reconnectAfterMs });
  }
  if (!nodes) return new Redis(url, redisOptions);
  return new Cluster(nodes, {
    redisOptions: { ...redisOptions, ...credentials(options) },
    enableOfflineQueue: patient ?? false,
    enableReadyCheck: false,
    maxRedirections: 32,
    clusterRetryStrategy: reconnectAfterMs,
  });
}

/** After a failover the connection to what was the primary lives on, and would be refused every write for good. */
function leavesReadOnly(): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!error.message.startsWith('READONLY') || performance.now() - leftAt < READ_ONLY_RETRY_MS)
      return false;
    leftAt = performance.now();
    return true;
  };
}

function ready(redis: RedisConnection, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (redis.status === 'ready') return resolve();
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/g, '//***@');
}

import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectOptions } from './connect-options.js';
import { type ParsedAddress, parseAddress, type RedisNode } from './parse-address.js';
import { sendOnce } from './send-once.js';

/** A connection that has not answered for this long is given up, ms. */
const SILENCE_MS = 5_000;
/** A connection that does not answer won't close in an orderly way: it is cut after this, ms. */
const FAREWELL_MS = 200;
/** How often a Redis that is still reading its data is asked whether it has, ms. */
const LOADING_LOOK_MS = 250;
/** Least time between two replacements of a connection to a read-only Redis, ms: the name may lead to another node by now. */
const READ_ONLY_RETRY_MS = 1_000;
/**
 * How often a Cluster is asked again when it refuses a command for now (`TRYAGAIN`, `CLUSTERDOWN`) or sends it elsewhere.
 * Attempts are 100 ms apart, so that less than a second passes before the caller is told.
 */
const REDIRECTIONS = 8;
/** The same for BullMQ's connections, on which no caller waits: BullMQ would record a failover as a failed job. */
const PATIENT_REDIRECTIONS = 64;

/**
 * How often a Cluster is asked which node serves which slots, and how long to wait for one node, ms. A primary that hangs
 * doesn't say that it has a successor, which has to be found within two seconds.
 */
const LOOK_AROUND_MS = 1_000;
const LOOK_AROUND_LIMIT_MS = 500;
/** A Sentinel that has not answered by then is passed over, ms. */
const SENTINEL_LIMIT_MS = 1_000;

/** The only place that makes connections. @throws UnusableRedisError when the address can't be used as a whole. */
export function createConnection(options: ConnectOptions): Redis | Cluster {
  const { sentinelMaster, patient = false } = options;
  const address = parseAddress(options);
  const behaviour = behaviourOf(options, address);
  if (address.kind === 'cluster') return createCluster(address, behaviour, patient);
  const where =
    address.kind === 'single'
      ? (address.nodes[0] as RedisNode)
      : { ...sentinelsOf(address), name: sentinelMaster as string };
  const redis = new Redis({ ...behaviour, ...where, db: address.database });
  redis.on('error', (error: Error) => {
    // If Redis did not select the database, the connection is not used: it would work on the data of database 0.
    if (isRefusedDatabase(error)) redis.disconnect(true);
  });
  return redis;
}

/** Whether Redis has refused to select the database, because it has fewer or the user may not. */
export function isRefusedDatabase(error: Error & { command?: { name?: string } }): boolean {
  return error.command?.name === 'select';
}

/** A connection to one node of a Cluster, `host:port` as ioredis names it. */
export function createNodeConnection(options: ConnectOptions, nodeKey: string): Redis {
  const colon = nodeKey.lastIndexOf(':');
  const [host, port] = [nodeKey.slice(0, colon), Number(nodeKey.slice(colon + 1))];
  return new Redis({ ...behaviourOf(options, parseAddress(options)), host, port });
}

function createCluster({ nodes }: ParsedAddress, redisOptions: Behaviour, patient: boolean): Cluster {
  const cluster = new Cluster([...nodes], {
    redisOptions,
    enableOfflineQueue: patient,
    enableReadyCheck: false,
    maxRedirections: patient ? PATIENT_REDIRECTIONS : REDIRECTIONS,
    clusterRetryStrategy: reconnectAfterMs,
    slotsRefreshInterval: LOOK_AROUND_MS,
    slotsRefreshTimeout: LOOK_AROUND_LIMIT_MS,
  });
  if (!patient) sendOnce(cluster);
  return cluster;
}

function sentinelsOf({ nodes, username, password, tls }: ParsedAddress) {
  return {
    sentinels: [...nodes],
    sentinelRetryStrategy: reconnectAfterMs,
    sentinelCommandTimeout: SENTINEL_LIMIT_MS,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

type Behaviour = ReturnType<typeof behaviourOf>;

function behaviourOf(options: ConnectOptions, { username, password, tls }: ParsedAddress) {
  const { name, commandTimeoutMs, patient } = options;
  return {
    connectionName: name,
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient ?? false,
    autoResendUnfulfilledCommands: patient ?? false,
    ...(patient
      ? { disconnectTimeout: FAREWELL_MS }
      : { enableAutoPipelining: true, socketTimeout: SILENCE_MS }),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
    retryStrategy: reconnectAfterMs,
    maxLoadingRetryTime: LOADING_LOOK_MS,
    reconnectOnError: leavesReadOnly(),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls && { tls }),
  } satisfies RedisOptions;
}

function reconnectAfterMs(tries: number): number {
  return Math.min(tries * 50, 500);
}

/** After a failover the connection to the old primary stays open, and every write on it would be refused. */
function leavesReadOnly(): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!error.message.startsWith('READONLY') || performance.now() - leftAt < READ_ONLY_RETRY_MS)
      return false;
    leftAt = performance.now();
    return true;
  };
}

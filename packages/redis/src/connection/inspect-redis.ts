import type { Redis } from 'ioredis';
import { connectRedis } from './connection.js';
import { primaries } from './primaries.js';
import type { RedisAddress } from './redis-address.js';
import { infoFields, parseServerInfo, type ServerInfo } from './server-info.js';

/** What an operator wants to know about one primary. */
export interface RedisFacts extends ServerInfo {
  readonly address: string;
  readonly role: string;
  /** `everysec`, `always` …; undefined where CONFIG is forbidden. */
  readonly appendFsync: string | undefined;
  /** Whether the last write to the append-only file, and the last snapshot, went well. */
  readonly writesToDisk: boolean;
  /** Times a second that Redis looks after timers. */
  readonly hz: number;
  readonly replicas: number;
  /** Fewest replicas without which it takes no write; undefined where CONFIG is forbidden. */
  readonly minReplicasToWrite: number | undefined;
  /** Shortest of a few, ms. */
  readonly roundTripMs: number;
  /** How far its clock is ahead of this machine's, ms; exact to half the round trip. */
  readonly clockAheadMs: number;
}

const PROBES = 5;

/** Looks at a Redis, or at every primary of a Cluster. @throws when one is out of reach or refuses INFO. */
export async function inspectRedis(address: RedisAddress): Promise<RedisFacts[]> {
  const redis = await connectRedis({ ...address, name: 'doctor', commandTimeoutMs: 5_000 });
  try {
    return await primaries(redis, factsOf);
  } finally {
    redis.disconnect();
  }
}

async function factsOf(node: Redis): Promise<RedisFacts> {
  const text = await node.info();
  const fields = infoFields(text);
  const { host, port } = node.options;
  return {
    ...parseServerInfo(text),
    address: `${host}:${port}`,
    role: fields.get('role') ?? '',
    writesToDisk:
      fields.get('aof_last_write_status') !== 'err' && fields.get('rdb_last_bgsave_status') !== 'err',
    hz: Number(fields.get('configured_hz') ?? fields.get('hz') ?? 0),
    replicas: Number(fields.get('connected_slaves') ?? 0),
    appendFsync: await setting(node, 'appendfsync'),
    minReplicasToWrite: numberOf(await setting(node, 'min-replicas-to-write')),
    ...(await clockOf(node)),
  };
}

/** Managed services forbid CONFIG. */
async function setting(node: Redis, name: string): Promise<string | undefined> {
  const answer = await node.config('GET', name).catch(() => []);
  return (answer as string[])[1];
}

async function clockOf(node: Redis): Promise<Pick<RedisFacts, 'roundTripMs' | 'clockAheadMs'>> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, clockAheadMs: 0 };
  for (let probe = 0; probe < PROBES; probe += 1) {
    const before = performance.now();
    const [seconds, micros] = await node.time();
    const roundTripMs = performance.now() - before;
    const now = performance.timeOrigin + before + roundTripMs / 2;
    const clockAheadMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - now;
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, clockAheadMs };
  }
  return best;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

import type { RedisConnection } from './connection.js';
import { primaries } from './primaries.js';

/** What a node tells about itself in `INFO`, which managed services allow where `CONFIG` is forbidden. */
export interface ServerInfo {
  readonly version: string;
  /** `standalone`, `cluster` or `sentinel`. */
  readonly mode: string;
  /** `noeviction`, `allkeys-lru` … */
  readonly evictionPolicy: string;
  readonly appendOnly: boolean;
  /** Bytes; 0 = no limit. */
  readonly maxMemory: number;
  /** Bytes that count against the limit: without the buffers of replicas and of the append-only file. */
  readonly usedMemory: number;
}

/**
 * Asks the Redis, or every primary of the Cluster.
 *
 * @throws when one is out of reach, refuses, or has not answered in time.
 */
export async function readServerInfo(connection: RedisConnection): Promise<ServerInfo[]> {
  return (await primaries(connection, (node) => node.info())).map(parseServerInfo);
}

export interface MemoryUse {
  readonly usedBytes: number;
  /** 0 = no limit. */
  readonly limitBytes: number;
  /** Whether some node evicts keys when its memory is short. */
  readonly mayEvict: boolean;
}

/** Memory use of the node that is nearest to its maxmemory. */
export async function readMemoryUse(connection: RedisConnection): Promise<MemoryUse> {
  const nodes = await readServerInfo(connection);
  const share = ({ usedMemory, maxMemory }: ServerInfo) => (maxMemory === 0 ? 0 : usedMemory / maxMemory);
  const fullest = nodes.reduce((most, node) => (share(node) > share(most) ? node : most));
  const mayEvict = nodes.some(({ evictionPolicy }) => evictionPolicy !== 'noeviction');
  return { usedBytes: fullest.usedMemory, limitBytes: fullest.maxMemory, mayEvict };
}

/** What `INFO` tells, by its names. */
export function infoFields(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('\r\n').map((line) => line.split(/:(.*)/, 2) as [string, string]));
}

export function parseServerInfo(text: string): ServerInfo {
  const fields = infoFields(text);
  const numberOf = (name: string) => Number(fields.get(name) ?? 0);
  return {
    version: fields.get('redis_version') ?? '',
    mode: fields.get('redis_mode') ?? '',
    evictionPolicy: fields.get('maxmemory_policy') ?? '',
    appendOnly: fields.get('aof_enabled') === '1',
    maxMemory: numberOf('maxmemory'),
    usedMemory: numberOf('used_memory') - numberOf('mem_not_counted_for_evict'),
  };
}

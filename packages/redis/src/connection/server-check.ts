import { Cluster } from 'ioredis';
import type { RedisConnection } from './connection.js';
import { readServerInfo, type ServerInfo } from './server-info.js';
import { UnusableRedisError } from './unusable-redis-error.js';

/** First version with flags of scripts. */
const LEAST_MAJOR_VERSION = 7;

/**
 * Checks at a service's start whether Redis is suitable, by the table of docs/reliability.md.
 *
 * @param warn is called for settings that are a risk but no obstacle: what may happen, and what to set.
 * @throws when Boomerang can't work with this Redis, or not without losing tasks.
 */
export async function checkServer(
  connection: RedisConnection,
  warn: (problem: string) => void,
): Promise<void> {
  let nodes: ServerInfo[];
  try {
    nodes = await readServerInfo(connection);
  } catch (error) {
    warn(
      `Redis can't be checked, for INFO failed (${(error as Error).message}): see by hand that it is version ` +
        `${LEAST_MAJOR_VERSION} or later, with maxmemory-policy noeviction, appendonly yes and a maxmemory`,
    );
    return;
  }
  const modes = connection instanceof Cluster ? [] : nodes.map(misunderstoodMode);
  for (const refusal of distinct([...modes, ...nodes.map(refusalOf)])) throw new UnusableRedisError(refusal);
  for (const warning of distinct(nodes.flatMap(warningsAbout))) warn(warning);
}

/** The setting that is missing when a connection leads to a Cluster or a Sentinel instead of a single Redis. */
function misunderstoodMode({ mode }: ServerInfo): string | undefined {
  if (mode === 'cluster') {
    return 'Redis is a node of a Redis Cluster: name two or more of its nodes in BOOMERANG_REDIS_URL';
  }
  if (mode === 'sentinel') {
    return 'this is a Sentinel: set BOOMERANG_REDIS_SENTINEL_MASTER to the name that it knows the primary by';
  }
  return undefined;
}

export function refusalOf({ version, evictionPolicy }: ServerInfo): string | undefined {
  if (Number.parseInt(version, 10) < LEAST_MAJOR_VERSION) {
    return `Redis is version ${version}: ${LEAST_MAJOR_VERSION} or later is needed`;
  }
  if (evictionPolicy.startsWith('allkeys')) {
    return `Redis has maxmemory-policy ${evictionPolicy}, which deletes tasks when memory is short: set noeviction`;
  }
  return undefined;
}

export function warningsAbout({ evictionPolicy, appendOnly, maxMemory }: ServerInfo): string[] {
  const warnings: string[] = [];
  if (evictionPolicy.startsWith('volatile')) {
    warnings.push(
      `Redis has maxmemory-policy ${evictionPolicy}, which ends sessions when memory is short: set noeviction`,
    );
  }
  if (!appendOnly) {
    warnings.push(
      'Redis has no append-only file, so its crash loses what was acked since the last snapshot: set appendonly yes',
    );
  }
  if (maxMemory === 0) {
    warnings.push(
      'Redis has no maxmemory, so registrations go on until the machine is out of memory: set a limit',
    );
  }
  return warnings;
}

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts)].filter((text) => text !== undefined);
}

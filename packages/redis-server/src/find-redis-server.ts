import { type RedisServerBinary, whyUnusable } from './binary.js';
import { cacheDirFor } from './cache-dir.js';
import { debianCopyDir, fetchDebianCopy } from './debian-packages.js';
import { DEBIAN_REDIS, debianRedis } from './debian-redis.js';
import { dockerServer } from './docker-server.js';
import { npmCopy } from './npm-copy.js';
import { onPath } from './path-lookup.js';

export interface FindRedisServerOptions {
  /** Where fetched servers are kept. Default: boomerang/redis under the user's cache folder. */
  cacheDir?: string;
  /** Gets a line for each step that takes a while and for each place that turned out to be unusable. */
  log?: (line: string) => void;
}

/**
 * Finds a Redis or Valkey server that runs on this machine, and fetches one if there is none: on PATH, the copy fetched
 * before, Debian's packages without root, an npm package that is installed already, a container. Throws one error that
 * says what to install if nothing helps.
 */
export async function findRedisServer(options: FindRedisServerOptions = {}): Promise<RedisServerBinary> {
  const log = options.log ?? (() => undefined);
  const cacheDir = options.cacheDir ?? (await cacheDirFor('redis'));
  return (
    (await fromPath(log)) ??
    (await fromDebian(cacheDir, log)) ??
    (await fromNpm(log)) ??
    (await fromDocker(cacheDir)) ??
    giveUp()
  );
}

type Log = (line: string) => void;

async function fromPath(log: Log): Promise<RedisServerBinary | undefined> {
  for (const program of ['valkey-server', 'redis-server']) {
    const command = await onPath(program);
    if (command === undefined) continue;
    const unusable = await whyUnusable({ command, env: {} });
    if (unusable === undefined) return { command, env: {}, origin: 'path' };
    log(`${command} is not used: ${unusable}`);
  }
  return undefined;
}

async function fromDebian(cacheDir: string, log: Log): Promise<RedisServerBinary | undefined> {
  const copyDir = await debianCopyDir(cacheDir);
  const kept = await debianRedis(copyDir);
  if (kept && (await whyUnusable(kept)) === undefined) return { ...kept, origin: 'cache' };
  if (!(await onPath('apt-get')) || !(await onPath('dpkg-deb'))) return undefined;
  log(`no Redis server on PATH: fetching Debian's to ${cacheDir} (about five seconds, once)`);
  try {
    await fetchDebianCopy(DEBIAN_REDIS, cacheDir, copyDir);
  } catch (error) {
    log(`Debian's packages could not be fetched: ${(error as Error).message}`);
    return undefined;
  }
  const fetched = await debianRedis(copyDir);
  return fetched && { ...fetched, origin: 'debian' };
}

async function fromNpm(log: Log): Promise<RedisServerBinary | undefined> {
  const command = npmCopy();
  if (command === undefined) return undefined;
  const unusable = await whyUnusable({ command, env: {} });
  if (unusable === undefined) return { command, env: {}, origin: 'npm' };
  log(`${command} is not used: ${unusable}`);
  return undefined;
}

async function fromDocker(cacheDir: string): Promise<RedisServerBinary | undefined> {
  const command = await dockerServer(cacheDir);
  return command === undefined ? undefined : { command, env: {}, origin: 'docker' };
}

function giveUp(): never {
  throw new Error(
    'no Redis server found: install Redis 7.0 or later (apt-get install redis-server, brew install redis) or Valkey, ' +
      'start Docker, or set BOOMERANG_REDIS_URL to a running one',
  );
}

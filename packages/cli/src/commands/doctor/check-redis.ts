import { inspectRedis, type RedisAddress, type RedisFacts, refusalOf, warningsAbout } from '@boomerang/redis';
import { redactText } from '@boomerang/runtime';
import { type Finding, off, ok } from './finding.js';

/** Beyond this the clocks of hosts are worth setting. Redis's own decides when tasks are due. */
const CLOCK_LIMIT_MS = 1_000;
const SLOW_MS = 20;

/** Looks at the Redis, or at each primary of the Cluster. */
export async function checkRedis(address: RedisAddress): Promise<Finding[]> {
  let nodes: RedisFacts[];
  try {
    nodes = await inspectRedis(address);
  } catch (error) {
    const found = redactText((error as Error).message);
    return [
      off(
        'redis',
        'bad',
        found,
        'see that Redis runs, and that BOOMERANG_REDIS_URL names it with its password',
      ),
    ];
  }
  return nodes.flatMap((node) => findingsOf(node, nodes.length > 1));
}

function findingsOf(facts: RedisFacts, named: boolean): Finding[] {
  const at = named ? ` ${facts.address}` : '';
  return [
    reached(facts),
    usable(facts),
    ...warningsAbout(facts).map((warning) => off('redis settings', 'warning', warning, mendOf(warning))),
    persistence(facts),
    memory(facts),
    timers(facts),
    clock(facts),
    replication(facts),
  ].map((finding) => ({ ...finding, check: finding.check + at }));
}

function reached({ address, roundTripMs }: RedisFacts): Finding {
  const found = `${address} answers in ${roundTripMs.toFixed(1)} ms`;
  if (roundTripMs <= SLOW_MS) return ok('redis', found);
  return off(
    'redis',
    'warning',
    found,
    'run the services near Redis: each task takes a few such round trips',
  );
}

function usable(facts: RedisFacts): Finding {
  const refusal = refusalOf(facts);
  if (refusal) return off('redis version', 'bad', refusal, mendOf(refusal));
  if (facts.role === 'slave')
    return off(
      'redis role',
      'bad',
      'it is a replica, which takes no writes',
      'name its primary in BOOMERANG_REDIS_URL',
    );
  return ok('redis version', `${facts.version}, ${facts.mode}, ${facts.evictionPolicy}`);
}

function persistence({ appendOnly, appendFsync, writesToDisk }: RedisFacts): Finding {
  if (!writesToDisk)
    return off(
      'redis disk',
      'bad',
      'its last write to the disk failed',
      'see its log, and whether its disk is full',
    );
  if (!appendOnly) return off('redis disk', 'warning', 'no append-only file', 'CONFIG SET appendonly yes');
  if (appendFsync === 'no')
    return off('redis disk', 'warning', 'appendfsync no', 'CONFIG SET appendfsync everysec');
  return ok('redis disk', `append-only file, appendfsync ${appendFsync ?? 'unknown (CONFIG is forbidden)'}`);
}

/** From so much of it on registrations are refused. */
const FULL = 0.8;

function memory({ usedMemory, maxMemory }: RedisFacts): Finding {
  const found = `${mib(usedMemory)} of ${maxMemory === 0 ? 'no limit' : mib(maxMemory)}`;
  if (maxMemory === 0 || usedMemory < FULL * maxMemory) return ok('redis memory', found);
  return off(
    'redis memory',
    'bad',
    `${found}: registrations are refused`,
    'raise maxmemory, or move to a larger server',
  );
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function timers({ hz }: RedisFacts): Finding {
  if (hz >= 10) return ok('redis hz', String(hz));
  return off(
    'redis hz',
    'warning',
    `${hz}: its timers are coarser than tickets allow for`,
    'CONFIG SET hz 10',
  );
}

function clock({ clockAheadMs, roundTripMs }: RedisFacts): Finding {
  const found = `${Math.abs(clockAheadMs).toFixed(1)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (Math.abs(clockAheadMs) <= CLOCK_LIMIT_MS + roundTripMs) return ok('redis clock', found);
  return off('redis clock', 'warning', found, 'set both clocks by NTP: tasks are due by the clock of Redis');
}

function replication({ replicas, minReplicasToWrite }: RedisFacts): Finding {
  const found = `${replicas} replicas, min-replicas-to-write ${minReplicasToWrite ?? 'unknown'}`;
  if (replicas === 0 || minReplicasToWrite !== 0) return ok('redis replicas', found);
  const mend = 'CONFIG SET min-replicas-to-write 1: a primary that is cut off then stops taking writes';
  return off('redis replicas', 'warning', found, mend);
}

/** The words behind the colon tell what to set. */
function mendOf(problem: string): string {
  return problem.slice(problem.lastIndexOf(': ') + 2);
}

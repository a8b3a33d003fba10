/**
 * All permissions that the Redis user of services needs. docs/operations.md shows them as a rule for `ACL SETUSER`. Every
 * service checks them at its start.
 */

/** Everything that Boomerang stores is under these. */
export const KEY_PATTERNS: readonly string[] = ['boomerang:*', '{*}*'];
export const CHANNEL_PATTERN = '{*}*wake';

/** One key for each type of value that commands are tried on. */
export const TRIED_KINDS = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;

/**
 * Commands of our scripts and of BullMQ's, with arguments that do no harm. They are tried in this order, on keys that
 * don't exist before. `$kind` stands for a key. `PUBLISH` is tried on each channel.
 */
export const TRIED_IN_SCRIPTS: readonly string[] = [
  'SET $string 1 PX 1000',
  'GET $string',
  'GETRANGE $string 0 0',
  'SETRANGE $string 0 1',
  'INCR $string',
  'EXISTS $string',
  'PEXPIRE $string 1000',
  'PEXPIRETIME $string',
  'PTTL $string',
  'HSET $hash a 1',
  'HMSET $hash b 1',
  'HSETNX $hash c 1',
  'HINCRBY $hash a 1',
  'HGET $hash a',
  'HMGET $hash a',
  'HGETALL $hash',
  'HEXISTS $hash a',
  'HLEN $hash',
  'HDEL $hash a',
  'LPUSH $list a',
  'RPUSH $list b',
  'LLEN $list',
  'LINDEX $list 0',
  'LRANGE $list 0 0',
  'RPOPLPUSH $list $list',
  'LREM $list 1 a',
  'SADD $set a b',
  'SMEMBERS $set',
  'SCARD $set',
  'SREM $set a',
  'ZADD $zset 1 a 2 b 3 c 4 d',
  'ZSCORE $zset a',
  'ZCARD $zset',
  'ZCOUNT $zset 1 1',
  'ZRANGE $zset 0 0',
  'ZRANGEBYSCORE $zset 1 1',
  'ZRANGEBYLEX $zset - +',
  'ZREVRANGE $zset 0 0',
  'ZREMRANGEBYSCORE $zset 8 9',
  'ZREVRANGEBYSCORE $zset 1 1',
  'ZREM $zset a',
  'ZPOPMIN $zset',
  'XADD $stream 1-1 a 1',
  'XLEN $stream',
  'XRANGE $stream - +',
  'XREVRANGE $stream + -',
  'XINFO STREAM $stream',
  'XGROUP CREATE $stream group 0',
  'XREADGROUP GROUP group consumer STREAMS $stream >',
  'XPENDING $stream group',
  'XCLAIM $stream group consumer 0 1-1',
  'XINFO GROUPS $stream',
  'XINFO CONSUMERS $stream group',
  'XACK $stream group 1-1',
  'XGROUP DELCONSUMER $stream group consumer',
  'XTRIM $stream MAXLEN 1',
  'XDEL $stream 1-1',
  'TIME',
];

/** Tried on every primary. Some fail, but for other reasons than a lack of permission. */
export const TRIED_ON_CONNECTIONS: readonly string[] = [
  'INFO server',
  'PING',
  'CLIENT SETNAME $name',
  'EVAL return 0',
  'EVALSHA 0000000000000000000000000000000000000000 0',
  'BZPOPMIN boomerang:probe never',
];

/** Tried on each channel. */
const TRIED_ON_CHANNELS: readonly string[] = ['PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE'];

/** Without these the connection isn't made: to a Cluster, and to another database than 0. */
const NEEDED_TO_CONNECT: readonly string[] = ['CLUSTER SLOTS', 'SELECT'];

/** Only called by commands of `npm run client`. */
const OPERATORS_COMMANDS: readonly string[] = ['SCAN', 'PUBSUB NUMSUB', 'CLIENT LIST'];

const CONTAINERS = ['CLIENT', 'CLUSTER', 'PUBSUB', 'XGROUP', 'XINFO'];

/** What a rule calls a command: `xgroup|create`. */
export function ruleName(command: string): string {
  const [name = '', subcommand = ''] = command.split(' ');
  return (CONTAINERS.includes(name) ? `${name}|${subcommand}` : name).toLowerCase();
}

function grant(commands: readonly string[]): string[] {
  return [...new Set(commands.map((command) => `+${ruleName(command)}`))].sort();
}

/** The rule for `ACL SETUSER`, word by word: for services, and what `npm run client` needs besides. */
export const REQUIRED_RULE = {
  services: [
    ...KEY_PATTERNS.map((pattern) => `~${pattern}`),
    `&${CHANNEL_PATTERN}`,
    ...grant([
      ...TRIED_ON_CONNECTIONS,
      ...TRIED_ON_CHANNELS,
      ...NEEDED_TO_CONNECT,
      'DEL',
      ...TRIED_IN_SCRIPTS,
    ]),
  ],
  operators: grant(OPERATORS_COMMANDS),
} as const;

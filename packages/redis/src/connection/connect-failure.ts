import type { ConnectOptions } from './connect-options.js';
import { isRefusedDatabase } from './create-connection.js';
import { parseAddress } from './parse-address.js';
import { UnusableRedisError } from './unusable-redis-error.js';

/** Why no connection could be made, in one line, and what to change if that is a setting. Without passwords. */
export function connectFailure(options: ConnectOptions, error: Error): Error {
  const { kind, database } = parseAddress(options);
  const where = options.url.replace(/\/\/[^@/]*@/g, '//***@');
  const why = reasonOf(error);
  if (isRefusedDatabase(error)) {
    return new UnusableRedisError(`Redis at ${where} doesn't select database ${database}: ${why}`);
  }
  if (kind === 'cluster' && /cluster support disabled|unknown command/i.test(why)) {
    return new UnusableRedisError(
      `BOOMERANG_REDIS_URL has several URLs, but ${where} are no nodes of a Redis Cluster: ` +
        'name one, or set BOOMERANG_REDIS_SENTINEL_MASTER if they are Sentinels',
    );
  }
  if (kind === 'sentinels' && /invalid reply: null|No such master/.test(why)) {
    const problem = `the Sentinels at ${where} know no primary called ${options.sentinelMaster}`;
    return new UnusableRedisError(`BOOMERANG_REDIS_SENTINEL_MASTER: ${problem}`);
  }
  return new Error(`can't reach Redis at ${where}: ${why}`, { cause: error });
}

/** An error about a Cluster as a whole doesn't tell what its nodes have said. */
function reasonOf(error: Error & { lastNodeError?: Error }): string {
  return error.lastNodeError?.message || error.message;
}

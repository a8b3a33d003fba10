import type { RedisConnection } from '../connection/connection.js';
import { primaries } from '../connection/primaries.js';
import { globalKeys } from '../partitions/keys.js';
import { commandDenial, type Denial, isDenied, keyDenial } from './denial.js';
import { TRIED_ON_CONNECTIONS } from './required-access.js';

/**
 * The permissions that the user lacks on some primary, or for keys that belong to no partition.
 *
 * @throws when Redis is out of reach.
 */
export async function tryConnection(connection: RedisConnection, name: string): Promise<Denial[]> {
  const found = await primaries(connection, async (node) => {
    const answers = TRIED_ON_CONNECTIONS.map(async (command) => {
      const [verb = '', ...args] = command.replace('$name', name).split(' ');
      const problem = await node.call(verb, ...args).then(() => '', messageOf);
      return isDenied(problem) ? [commandDenial(command, problem)] : [];
    });
    return (await Promise.all(answers)).flat();
  });
  const denials = found.flat();
  if (denials.some(({ grant }) => grant === '+eval')) return denials;
  const names = Object.values(globalKeys).map((key) => (typeof key === 'string' ? key : key('probe')));
  return [...denials, ...(await tryKeys(connection, names))];
}

/** Those of the keys that the user may not read and write. */
async function tryKeys(connection: RedisConnection, keys: readonly string[]): Promise<Denial[]> {
  const answers = keys.map(async (key) => {
    const problem = await connection.eval(NOTHING, 1, key).then(() => '', messageOf);
    return isDenied(problem) ? [keyDenial(key)] : [];
  });
  return (await Promise.all(answers)).flat();
}

/** The same of keys that are all in one slot. */
export async function tryKeysTogether(
  connection: RedisConnection,
  keys: readonly string[],
): Promise<Denial[]> {
  const problem = await connection.eval(NOTHING, keys.length, ...keys).then(() => '', messageOf);
  return isDenied(problem) ? tryKeys(connection, keys) : [];
}

/** A script is denied if one of its keys is. */
const NOTHING = 'return 1';

const messageOf = (error: Error) => error.message;

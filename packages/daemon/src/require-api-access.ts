import { ConfigError } from '@boomerang/runtime';
import type { Engines } from './engines/engine.js';

interface Access {
  readonly api: readonly string[] | undefined;
  readonly apiKey: string | undefined;
}

/**
 * Which gateways the daemon speaks with, and under which key; undefined if none.
 *
 * @throws ConfigError if one of them lacks the other, or there is no type of task to take.
 */
export function requireApiAccess({ api, apiKey }: Access, { types }: Engines) {
  if (api === undefined && apiKey === undefined) return undefined;
  if (api === undefined || apiKey === undefined) {
    const [present, missing] = api === undefined ? ['API_KEY', 'API'] : ['API', 'API_KEY'];
    throw new ConfigError([
      `BOOMERANG_DAEMON_${missing} is not set: expected with BOOMERANG_DAEMON_${present}`,
    ]);
  }
  if (types.size === 0)
    throw new ConfigError(['types is missing: expected the types of tasks that the API may assign']);
  return { urls: api, apiKey };
}

import { CLIENT_LIMITS, type ClientLimits, LIMIT_NAMES, type LimitName } from '@boomerang/domain';
import { integer } from '@boomerang/runtime';

const limit = (variable: string, name: LimitName) => integer({ variable, ...CLIENT_LIMITS[name] });

/** The limits of clients that have none of their own. */
export const limitSettings = {
  registrationsPerSecond: limit('BOOMERANG_CLIENT_REGISTRATIONS_PER_SECOND', 'registrationsPerSecond'),
  parkedTasks: limit('BOOMERANG_CLIENT_PARKED_TASKS', 'parkedTasks'),
  payloadBytes: limit('BOOMERANG_CLIENT_PAYLOAD_BYTES', 'payloadBytes'),
  shortestIntervalMs: limit('BOOMERANG_CLIENT_SHORTEST_INTERVAL_MS', 'shortestIntervalMs'),
  connections: limit('BOOMERANG_CLIENT_CONNECTIONS', 'connections'),
  connectionsPerSecond: limit('BOOMERANG_CLIENT_CONNECTIONS_PER_SECOND', 'connectionsPerSecond'),
} as const satisfies Readonly<Record<LimitName, unknown>>;

export function clientLimits(config: ClientLimits): ClientLimits {
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, config[name]])) as Record<LimitName, number>;
}

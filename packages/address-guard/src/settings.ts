import { type ConfigOf, list, type sharedSettings } from '@boomerang/runtime';
import { AddressGuard } from './address-guard.js';
import { isAddressRange } from './address-range.js';
import { ALLOWED_DENY_RULES, parseDenyRule } from './deny-rule.js';

/** What decides where callbacks may go: the same for the services that check it. */
export const callbackSettings = {
  callbackAllow: list({
    variable: 'BOOMERANG_CALLBACK_ALLOW',
    default: [],
    accepts: isAddressRange,
    allowed: 'address ranges in CIDR notation, or addresses, separated by commas',
    meaning: 'Address ranges (CIDR) that callbacks may reach besides public ones.',
  }),
  callbackDeny: list({
    variable: 'BOOMERANG_CALLBACK_DENY',
    default: [],
    accepts: (item) => parseDenyRule(item) !== undefined,
    allowed: `${ALLOWED_DENY_RULES}, separated by commas`,
    meaning: 'What callbacks never reach, even where a range allows it, besides our own Redis and ports.',
  }),
} as const;

type GuardConfig = ConfigOf<typeof callbackSettings> & Pick<ConfigOf<typeof sharedSettings>, 'redisUrl'>;

/** A guard by a service's settings, which keeps callbacks from Redis and from the service's own ports as well. */
export async function startAddressGuard(
  config: GuardConfig,
  ownPorts: readonly number[],
): Promise<AddressGuard> {
  const redis = config.redisUrl.flatMap(redisRules);
  const own = ownPorts.filter((port) => port !== 0).map((port) => `127.0.0.1:${port}`);
  const guard = new AddressGuard(config.callbackAllow, { deny: [...config.callbackDeny, ...redis, ...own] });
  await guard.start();
  return guard;
}

/** A Redis has more addresses than its URL tells: of replicas, of a Cluster's nodes, of pods behind a service. */
function redisRules(url: string): string[] {
  const { hostname, port } = new URL(url);
  return [`${hostname}:${port || 6379}`, `*:${port || 6379}`];
}

import { CLIENT_LIMITS, isLimitValue, LIMIT_NAMES, type LimitName } from '@boomerang/domain';
import { readOwnLimits, resetOwnLimits, setOwnLimits } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { formatTable, printJson, printLine } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';
import { tell } from '../../tell.js';
import { audited } from './audited.js';

const HEADINGS = ['LIMIT', 'OWN', 'WITHOUT', 'UNIT'];

/** Prints each limit: what the client has of its own, and what it has without, unless settings of gateways say otherwise. */
export async function printLimits(env: Environment, clientId: string, { json = false }): Promise<void> {
  const own = await withStackRedis(env, (redis) => readOwnLimits(redis, clientId));
  if (json) return printJson({ clientId, own });
  const rows = LIMIT_NAMES.map((name) => {
    const { default: without, unit } = CLIENT_LIMITS[name];
    return [asOption(name), String(own[name] ?? '-'), String(without), unit];
  });
  for (const line of formatTable([HEADINGS, ...rows])) printLine(line);
  tell('WITHOUT is what a client without one of its own has, unless BOOMERANG_CLIENT_… is set for gateways');
}

/** Gives a client a limit of its own. @throws Error that names what is allowed. */
export async function setLimit(
  env: Environment,
  clientId: string,
  limit: string,
  value: string,
): Promise<void> {
  const name = parseLimit(limit);
  const { min, max, unit } = CLIENT_LIMITS[name];
  const most = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!isLimitValue(name, most)) {
    throw new Error(`${limit}: ${JSON.stringify(value)} can't be used; allowed: ${min} to ${max} (${unit})`);
  }
  const details = { [name]: String(most) };
  await audited(env, { action: 'limits.set', clientId, details }, (redis) =>
    setOwnLimits(redis, clientId, { [name]: most }),
  );
  tell(`client ${clientId}: ${limit} is ${most} ${unit}; every gateway keeps it within a second`);
}

/** Takes a limit of its own from a client, or all of them. */
export async function resetLimits(env: Environment, clientId: string, limit?: string): Promise<void> {
  const names = limit === undefined ? LIMIT_NAMES : [parseLimit(limit)];
  const details = { limits: names.join(',') };
  await audited(env, { action: 'limits.reset', clientId, details }, (redis) =>
    resetOwnLimits(redis, clientId, names),
  );
  tell(`client ${clientId} has the gateways' ${limit ?? 'limits'} again`);
}

function parseLimit(text: string): LimitName {
  const name = LIMIT_NAMES.find((each) => asOption(each) === text);
  if (name) return name;
  const allowed = LIMIT_NAMES.map(asOption).join(', ');
  throw new Error(`limit: ${JSON.stringify(text)} is none; allowed: ${allowed}`);
}

/** `registrationsPerSecond` as `registrations-per-second`. */
function asOption(name: LimitName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

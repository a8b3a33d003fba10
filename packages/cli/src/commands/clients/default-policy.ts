import {
  type Callback,
  DEFAULT_DLQ_BUCKET,
  type DeliveryPolicy,
  RETRY_DEFAULTS,
  validateDeliveryPolicy,
} from '@boomerang/domain';
import { readDefaultPolicy, resetDefaultPolicy, setDefaultPolicy } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { printJson } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';
import { tell } from '../../tell.js';
import { audited } from './audited.js';

/** As they were typed. */
export interface PolicyOptions {
  readonly callback: string;
  readonly endpoint: string;
  readonly raw?: string;
  readonly udpAck?: boolean;
  readonly attempts?: string;
  readonly strategy?: string;
  readonly intervalMs?: string;
  readonly maxIntervalMs?: string;
  readonly dlq?: string;
}

export async function printDefaultPolicy(env: Environment, clientId: string): Promise<void> {
  const policy = await withStackRedis(env, (redis) => readDefaultPolicy(redis, clientId));
  if (policy) printJson(policy);
  else tell(`client ${clientId} has no default policy`);
}

/** @throws Error, or BoomerangError, that names what is allowed. */
export async function changeDefaultPolicy(
  env: Environment,
  clientId: string,
  options: PolicyOptions,
): Promise<void> {
  const policy = policyOf(options);
  validateDeliveryPolicy(policy);
  const details = { protocol: options.callback };
  await audited(env, { action: 'default-policy.set', clientId, details }, (redis) =>
    setDefaultPolicy(redis, clientId, policy),
  );
  tell(`client ${clientId} has that default policy; sessions that are open keep theirs`);
}

export async function dropDefaultPolicy(env: Environment, clientId: string): Promise<void> {
  await audited(env, { action: 'default-policy.reset', clientId, details: {} }, (redis) =>
    resetDefaultPolicy(redis, clientId),
  );
  tell(`client ${clientId} has no default policy any more; sessions that are open keep theirs`);
}

function policyOf(options: PolicyOptions): DeliveryPolicy {
  const intervalMs = numberOf('--interval-ms', options.intervalMs) ?? RETRY_DEFAULTS.intervalMs;
  const maxIntervalMs =
    numberOf('--max-interval-ms', options.maxIntervalMs) ??
    Math.max(RETRY_DEFAULTS.maxIntervalMs, intervalMs);
  return {
    callback: callbackOf(options),
    retry: {
      maxAttempts: numberOf('--attempts', options.attempts) ?? RETRY_DEFAULTS.maxAttempts,
      strategy: oneOf('--strategy', options.strategy ?? 'FIXED', ['FIXED', 'EXPONENTIAL']),
      intervalMs,
      maxIntervalMs,
    },
    dlq: { destination: options.dlq ?? DEFAULT_DLQ_BUCKET },
  };
}

function callbackOf({ callback, endpoint, raw, udpAck }: PolicyOptions): Callback {
  const protocol = oneOf('--callback', callback, ['HTTP', 'GRPC', 'TCP', 'UDP']);
  if (raw !== undefined && protocol !== 'HTTP') throw new Error('--raw: allowed only with --callback HTTP');
  if (udpAck && protocol !== 'UDP') throw new Error('--udp-ack: allowed only with --callback UDP');
  if (protocol === 'UDP') return { protocol, endpoint, ...(udpAck && { acked: true }) };
  if (protocol !== 'HTTP') return { protocol, endpoint };
  if (raw === undefined) return { protocol, endpoint, format: 'ENVELOPE' };
  return { protocol, endpoint, format: 'RAW', rawContentType: raw };
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text.toUpperCase());
  if (found) return found;
  throw new Error(`${option}: ${JSON.stringify(text)} can't be used; allowed: ${allowed.join(', ')}`);
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`${option}: ${JSON.stringify(text)} can't be used; allowed: a whole number`);
}

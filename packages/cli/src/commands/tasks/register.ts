import type { Environment } from '@boomerang/runtime';
import { printFields } from '../../print-rows.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote } from '../../remote/remote.js';
import { UsageError } from '../../usage-error.js';
import { inOptions } from './in-options.js';
import { payloadOf } from './payload-of.js';

export interface RegisterOptions extends RemoteOptions {
  readonly to: string;
  readonly in?: string;
  readonly at?: string;
  readonly every?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly file?: string;
  readonly contentType?: string;
  readonly envelope?: boolean;
  readonly acked?: boolean;
  readonly attempts?: string;
  readonly backoff?: string;
  readonly retryInterval?: string;
  readonly maxRetryInterval?: string;
  readonly dlq?: string;
  readonly tag?: readonly string[];
  readonly idempotencyKey?: string;
}

interface Registered {
  readonly id: string;
  readonly dueAt: string;
  readonly state: string;
}

/** Registers a task and prints its id and when it is due. What the values may be, the gateway says. */
export async function register(
  env: Environment,
  payload: string | undefined,
  options: RegisterOptions,
): Promise<void> {
  const remote = openRemote(env, options);
  const body = {
    ...(await payloadOf(payload, options.file)),
    ...timesOf(options),
    ...policyOf(options),
    tags: options.tag,
  };
  const { idempotencyKey } = options;
  const answer = await remote
    .ask<Registered>({
      method: 'POST',
      path: '/v1/tasks',
      body,
      ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
    })
    .catch(inOptions);
  printFields(
    answer,
    [
      ['id', answer.id],
      ['due', answer.dueAt],
    ],
    options,
  );
}

function timesOf({ in: delay, at, every, cron, timeZone }: RegisterOptions): object {
  return { delay, at, repeatInterval: every, cron, timeZone };
}

function policyOf(options: RegisterOptions): object {
  const { to, envelope, contentType, acked, attempts, backoff, retryInterval, maxRetryInterval, dlq } =
    options;
  const retry = {
    maxAttempts: attempts === undefined ? undefined : wholeNumber('--attempts', attempts),
    strategy: backoff,
    interval: retryInterval,
    maxInterval: maxRetryInterval,
  };
  return {
    callback: { url: to, contentType, acked, format: envelope ? 'envelope' : undefined },
    ...(Object.values(retry).some((value) => value !== undefined) && { retry }),
    ...(dlq !== undefined && { dlq: { destination: dlq } }),
  };
}

function wholeNumber(option: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UsageError(`${option}: ${JSON.stringify(value)} can't be used; allowed: a whole number`);
}

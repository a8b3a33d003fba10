import { type BackoffStrategy, type DlqPolicy, MAX_ATTEMPTS, MAX_RETRY_INTERVAL_MS } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkOneOf, checkSecretText, checkText, checkWhole } from '../arguments/check-values.js';
import type { RetryOptions, SessionOptions } from './session-options.js';
import { toCallbackConfig } from './to-callback-config.js';

const NAMES: OptionNames<SessionOptions> = { token: true, callback: true, retry: true, dlq: true };
const RETRY_NAMES: OptionNames<RetryOptions> = {
  maxAttempts: true,
  strategy: true,
  intervalMs: true,
  maxIntervalMs: true,
};
const DLQ_NAMES: OptionNames<DlqPolicy> = { destination: true };

const KEY = "a client's key (bmr_…), as `npm run client -- create NAME` prints it";
const ATTEMPTS = { least: 1, most: MAX_ATTEMPTS };
const INTERVAL = { least: 1, most: MAX_RETRY_INTERVAL_MS, unit: 'milliseconds' };
const STRATEGIES: readonly BackoffStrategy[] = ['FIXED', 'EXPONENTIAL'];

/**
 * Refuses what the wire would turn into something else. What an endpoint and a destination are is for the service to say.
 *
 * @throws BoomerangClientError `INVALID_REQUEST`.
 */
export function toHandshake(options: SessionOptions): boomerang.AuthHandshake.$Properties {
  checkOptions('options', options, NAMES);
  const { token, callback, retry, dlq } = options;
  return {
    authToken: checkSecretText('token', token, KEY),
    ...(callback !== undefined && { callback: toCallbackConfig(callback) }),
    ...(retry !== undefined && { retry: toRetryPolicy(retry) }),
    ...(dlq !== undefined && { dlq: toDlqPolicy(dlq) }),
  };
}

/** 0 is the wire's word for the default. */
function toRetryPolicy(retry: RetryOptions): boomerang.RetryPolicy.$Properties {
  checkOptions('retry', retry, RETRY_NAMES, 'retry.');
  const { maxAttempts, strategy = 'FIXED', intervalMs, maxIntervalMs } = retry;
  const { BackoffStrategy } = boomerang.RetryPolicy;
  return {
    maxAttempts: maxAttempts === undefined ? 0 : checkWhole('retry.maxAttempts', maxAttempts, ATTEMPTS),
    strategy: BackoffStrategy[checkOneOf('retry.strategy', strategy, STRATEGIES)],
    intervalMs: intervalMs === undefined ? 0 : checkWhole('retry.intervalMs', intervalMs, INTERVAL),
    maxIntervalMs:
      maxIntervalMs === undefined ? 0 : checkWhole('retry.maxIntervalMs', maxIntervalMs, INTERVAL),
  };
}

function toDlqPolicy(dlq: DlqPolicy): boomerang.DLQPolicy.$Properties {
  checkOptions('dlq', dlq, DLQ_NAMES, 'dlq.');
  return {
    destination: checkText('dlq.destination', dlq.destination, "a bucket's name, or a destination's URL"),
  };
}

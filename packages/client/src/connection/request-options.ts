import { setMaxListeners } from 'node:events';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkWhole } from '../arguments/check-values.js';
import { unusable } from '../arguments/invalid-argument.js';

/** What every request takes as its last argument. */
export interface RequestOptions {
  /**
   * Milliseconds after which the request rejects with a RequestTimeoutError, 1 to 2,147,483,647. Default: the connection's
   * `requestTimeoutMs`.
   */
  readonly timeoutMs?: number;
  /**
   * Rejects the request with the signal's reason as soon as it is aborted. What was sent by then may still be carried
   * out.
   */
  readonly signal?: AbortSignal;
}

/** Timers of Node's can't wait longer: they would fire at once. */
const MOST_TIMEOUT_MS = 2_147_483_647;

const NONE: RequestOptions = {};
const NAMES: OptionNames<RequestOptions> = { timeoutMs: true, signal: true };

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function checkRequestOptions(options: RequestOptions = NONE): RequestOptions {
  if (options === NONE) return options;
  checkOptions('options', options, NAMES);
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) checkTimeout('timeoutMs', timeoutMs);
  if (signal !== undefined) checkSignal(signal);
  return options;
}

export function checkTimeout(field: string, timeoutMs: number): number {
  return checkWhole(field, timeoutMs, { least: 1, most: MOST_TIMEOUT_MS, unit: 'milliseconds' });
}

export function checkSignal(signal: AbortSignal): void {
  // By what it does, not by `instanceof`: it may come out of another realm.
  const isSignal = typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
  if (!isSignal) throw unusable('signal', signal, 'an AbortSignal');
  // One signal may well end thousands of requests; Node warns of the eleventh.
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
}

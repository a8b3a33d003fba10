import type { CallbackHandler, CallbackVerdict, ReceivedCallback } from './callback.js';
import type { ReceiverOptions } from './receiver-options.js';
import { requireSigned } from './require-signed.js';
import { type FailureVerdict, verdictOfError } from './verdict-of-error.js';

/** What decides about a callback. */
export type HandlerOptions = Pick<ReceiverOptions, 'secrets' | 'onCallback'>;

/** As `askHandler`, but only with a callback that is signed as it has to be. */
export function askSigned(
  { secrets, onCallback }: HandlerOptions,
  callback: ReceivedCallback,
  answer: (verdict: CallbackVerdict) => void,
): void {
  const checked: CallbackHandler = (received) => {
    requireSigned(received, secrets);
    return onCallback(received);
  };
  askHandler<CallbackVerdict>(checked, callback, answer);
}

/** Hands `answer` what the handler says of a callback, by returning or throwing it. Without a promise where none is needed. */
export function askHandler<V>(
  onCallback: CallbackHandler<V>,
  callback: ReceivedCallback,
  answer: (verdict: V | FailureVerdict) => void,
): void {
  const fail = (error: unknown) => answer(verdictOfError(error));
  try {
    const verdict = onCallback(callback);
    if (isThenable(verdict)) Promise.resolve(verdict).then(answer).catch(fail);
    else answer(verdict);
  } catch (error) {
    fail(error);
  }
}

/** By what it does, not by `instanceof`: promises of other libraries and realms are none of ours. */
function isThenable<V>(verdict: V | PromiseLike<V>): verdict is PromiseLike<V> {
  return typeof (verdict as PromiseLike<V> | undefined | null)?.then === 'function';
}

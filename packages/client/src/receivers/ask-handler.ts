import type { CallbackHandler, CallbackVerdict, ReceivedCallback } from './callback.js';
import { requireSigned } from './require-signed.js';

/** What a receiver on any wire is made with. */
export interface HandlerOptions {
  /** The client's signing secrets, `whsec_…`. Present: callbacks that none of them signed are answered with an error. */
  readonly secrets?: readonly string[];
  readonly onCallback: CallbackHandler;
}

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
  askHandler(checked, callback, answer);
}

/** Hands `answer` what the handler says of a callback; an error if it throws. Without a promise where none is needed. */
export function askHandler<V>(
  onCallback: CallbackHandler<V>,
  callback: ReceivedCallback,
  answer: (verdict: V | { readonly error: string }) => void,
): void {
  const fail = (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) });
  try {
    const verdict = onCallback(callback);
    if (verdict instanceof Promise) verdict.then(answer).catch(fail);
    else answer(verdict);
  } catch (error) {
    fail(error);
  }
}

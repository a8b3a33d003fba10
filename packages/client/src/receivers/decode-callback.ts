import { decodeEnvelope } from '@boomerang/protocol';
import { type CallbackHeaders, type ReceivedCallback, toReceivedCallback } from './callback.js';

/** A callback that came as an envelope, and what its answer has to echo. */
export interface DecodedCallback {
  readonly callback: ReceivedCallback;
  /** 0 = none. */
  readonly requestId: number;
}

/** @throws an error that says why, if `envelope` is not an envelope with a callback in it. */
export function decodeCallback(
  envelope: Uint8Array,
  headers: CallbackHeaders,
  receivedAtMs: number,
): DecodedCallback {
  const { payload: kind, callbackRequest, requestId } = decodeEnvelope(envelope);
  if (!callbackRequest) throw new Error(`the envelope carries ${kind ?? 'nothing'} instead of a callback`);
  return { callback: toReceivedCallback(callbackRequest, headers, receivedAtMs), requestId };
}

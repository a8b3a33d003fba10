import type { AttemptOutcome } from '@boomerang/domain';
import { type DecodedEnvelope, decodeEnvelope } from '@boomerang/protocol';
import { judgeCallbackResponse } from './judge-callback-response.js';

/**
 * What an answer means on wires whose answers are envelopes. Bytes that are no envelope are an error of the protocol.
 *
 * @param requestId id in the request. For an answer that echoes another request's id the result is undefined.
 */
export function judgeEnvelope(bytes: Uint8Array, requestId: number): AttemptOutcome | undefined {
  let envelope: DecodedEnvelope;
  try {
    envelope = decodeEnvelope(bytes);
  } catch (error) {
    return { kind: 'retryable', errorClass: 'protocol', error: (error as Error).message };
  }
  if (envelope.requestId && envelope.requestId !== requestId) return undefined;
  if (envelope.payload === 'callbackResponse') return judgeCallbackResponse(envelope.callbackResponse);
  const error = `the receiver answered ${envelope.payload ?? 'an empty envelope'} instead of callbackResponse`;
  return { kind: 'retryable', errorClass: 'protocol', error };
}

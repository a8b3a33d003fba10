import type { AttemptOutcome } from '@boomerang/domain';
import { type DecodedEnvelope, decodeEnvelope } from '@boomerang/protocol';
import { judgeCallbackResponse } from './judge-callback-response.js';

/**
 * What an answer means on the wires whose answers are envelopes; one that isn't breaks the protocol.
 *
 * @param requestId what the request carried: an answer that echoes another one belongs to that, and is undefined here.
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

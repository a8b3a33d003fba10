import type { CallbackVerdict } from '../receivers/callback.js';
import { toCallbackResponse } from '../receivers/to-callback-response.js';

/** The envelope that answers a callback which came in one. */
export function envelopeAnswer(verdict: CallbackVerdict, requestId: number) {
  const callbackResponse = toCallbackResponse(verdict);
  return requestId === 0 ? { callbackResponse } : { requestId, callbackResponse };
}

import type { AttemptOutcome } from '@boomerang/domain';
import { type boomerang, decodeEnvelope } from '@boomerang/protocol';
import { judgeCallbackResponse } from './judge-callback-response.js';

/** Bodies of these kinds are for people: whatever they contain, they are no envelope. */
const NO_ENVELOPE = /^(text\/|application\/(json|xml|.*\+json|.*\+xml))/i;

/**
 * Whether an answer acknowledges the callback: a 2xx does, unless its body is an envelope that says otherwise.
 *
 * @param body undefined when it was too long to be an envelope.
 */
export function judgeHttpResponse(
  status: number,
  contentType: string,
  body: Buffer | undefined,
): AttemptOutcome {
  if (status < 200 || status > 299) {
    return { kind: 'retryable', errorClass: 'rejected', error: `HTTP status ${status}` };
  }
  const response = body && !NO_ENVELOPE.test(contentType) ? callbackResponseIn(body) : undefined;
  return response ? judgeCallbackResponse(response) : { kind: 'delivered' };
}

function callbackResponseIn(body: Buffer): boomerang.CallbackResponse.$Properties | undefined {
  if (body.length === 0) return undefined;
  try {
    const envelope = decodeEnvelope(body);
    return envelope.payload === 'callbackResponse' ? envelope.callbackResponse : undefined;
  } catch {
    return undefined;
  }
}

import { boomerang } from '@boomerang/protocol';
import type { CallbackVerdict } from './callback.js';
import { checkVerdict } from './check-verdict.js';

const { Status } = boomerang;
const { Verdict } = boomerang.CallbackResponse;

/** A verdict as the answer's message tells it. @throws BoomerangClientError for what is none. */
export function toCallbackResponse(verdict: CallbackVerdict): boomerang.CallbackResponse.$Properties {
  checkVerdict(verdict);
  if (verdict === undefined || verdict === 'OK') return { status: Status.OK };
  if ('stop' in verdict) return { status: Status.OK, verdict: Verdict.STOP_RECURRENCE };
  if ('deadLetter' in verdict) {
    return { status: Status.ERROR, verdict: Verdict.DEAD_LETTER, errorMessage: verdict.deadLetter };
  }
  const failed = { status: Status.ERROR, errorMessage: verdict.error };
  if (verdict.retryAfterMs === undefined) return failed;
  return { ...failed, verdict: Verdict.RETRY, retryAfterMs: verdict.retryAfterMs };
}

import type { AttemptOutcome } from '@boomerang/domain';
import { type boomerang, decodeEnvelope } from '@boomerang/protocol';
import { judgeCallbackResponse } from '../shared/judge-callback-response.js';
import type { HttpAnswer } from './answer/answer-parser.js';
import { parseRetryAfter, type RetryAfter } from './retry-after.js';

export const ENVELOPE_TYPE = 'application/x-protobuf';

/** Bodies of these kinds are for people: whatever they contain, they are no envelope. */
const NO_ENVELOPE = /^(text\/|application\/(json|xml|.*\+json|.*\+xml))/i;

const GONE = 410;
/** The receiver asks for a pause with these: too many requests, service unavailable. */
const PAUSES: readonly number[] = [429, 503];
/** What a proxy says when there is nobody behind it, or the receiver that it can't serve anything. */
const OUT_OF_ORDER: readonly number[] = [502, 503, 504];

/**
 * What an answer says: by the header `boomerang-verdict`, otherwise by the verdict of the envelope in its body, otherwise
 * by its status; and a 2xx acknowledges, unless the envelope's status says otherwise.
 *
 * @param recurring whether the task recurs: 410 stops that, and dead-letters a task that fires once.
 * @param raw whether the receiver knows no envelopes: then only what calls itself one is read as one.
 */
export function judgeHttpResponse(answer: HttpAnswer, recurring: boolean, raw: boolean): AttemptOutcome {
  const verdict = verdictIn(answer);
  if (verdict) return verdict;
  const response = mayBeEnvelope(answer, raw) ? callbackResponseIn(answer) : undefined;
  if (response?.verdict) return judgeCallbackResponse(response);
  if (answer.status < 200 || answer.status > 299) return judgeStatus(answer, recurring);
  return response ? judgeCallbackResponse(response) : { kind: 'delivered' };
}

/** Undefined when there is no such header, or it says something that this release doesn't know. */
function verdictIn({ headers }: HttpAnswer): AttemptOutcome | undefined {
  const verdict = String(headers['boomerang-verdict'] ?? '')
    .trim()
    .toLowerCase();
  const rejected = { errorClass: 'rejected', error: `boomerang-verdict: ${verdict}` } as const;
  switch (verdict) {
    case 'stop':
      return { kind: 'stop' };
    case 'dead-letter':
      return { kind: 'terminal', ...rejected };
    case 'retry':
      return { kind: 'retryable', ...rejected, ...retryAfter(headers) };
    default:
      return undefined;
  }
}

function judgeStatus({ status, headers }: HttpAnswer, recurring: boolean): AttemptOutcome {
  const rejected = { errorClass: 'rejected', error: `HTTP status ${status}` } as const;
  if (status === GONE) return recurring ? { kind: 'stop' } : { kind: 'terminal', ...rejected };
  return {
    kind: 'retryable',
    ...rejected,
    ...(PAUSES.includes(status) ? retryAfter(headers) : {}),
    ...(OUT_OF_ORDER.includes(status) ? { outOfOrder: true } : {}),
  };
}

function retryAfter({ 'retry-after': value }: HttpAnswer['headers']): RetryAfter {
  return typeof value === 'string' ? parseRetryAfter(value) : {};
}

function mayBeEnvelope({ headers }: HttpAnswer, raw: boolean): boolean {
  const contentType = String(headers['content-type'] ?? '');
  if (!raw) return !NO_ENVELOPE.test(contentType);
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === ENVELOPE_TYPE;
}

function callbackResponseIn({ body }: HttpAnswer): boomerang.CallbackResponse.$Properties | undefined {
  if (!body || body.length === 0) return undefined;
  try {
    const envelope = decodeEnvelope(body);
    return envelope.payload === 'callbackResponse' ? envelope.callbackResponse : undefined;
  } catch {
    return undefined;
  }
}

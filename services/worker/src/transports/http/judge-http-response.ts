import type { AttemptOutcome } from '@boomerang/domain';
import { type boomerang, decodeEnvelope } from '@boomerang/protocol';
import { judgeCallbackResponse } from '../shared/judge-callback-response.js';
import type { HttpAnswer } from './answer/answer-parser.js';
import { parseRetryAfter, type RetryAfter } from './retry-after.js';

export const ENVELOPE_TYPE = 'application/x-protobuf';

/** Content types for people: a body of one of these is never read as an envelope. */
const NO_ENVELOPE = /^(text\/|application\/(json|xml|.*\+json|.*\+xml))/i;

const GONE = 410;
/** Statuses with which a receiver asks for a pause: too many requests, service unavailable. */
const PAUSES: readonly number[] = [429, 503];
/** Statuses of a proxy that can't reach the receiver, or of a receiver that can serve nothing. */
const OUT_OF_ORDER: readonly number[] = [502, 503, 504];

/**
 * What an answer means. The header `boomerang-verdict` counts first, then the verdict of the envelope in the body, then
 * the HTTP status. A 2xx acknowledges, unless the envelope's status says otherwise.
 *
 * @param recurring whether the task recurs: 410 stops that, and dead-letters a task that fires once.
 * @param raw whether the callback was a bare payload: then only a body whose content type says so is read as an envelope.
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

import { BoomerangError } from '@boomerang/domain';
import type { DecodedEnvelope } from '@boomerang/protocol';
import type { Backend, Envelope } from './request-row.js';
import { rowOf } from './requests.js';
import { errorResponse, errorToWire } from './status.js';

/** Answers one request; never rejects. `onError` hears what was refused or failed. */
export async function dispatch(
  backend: Backend,
  request: DecodedEnvelope,
  onError: (error: BoomerangError) => void,
): Promise<Envelope> {
  const answer = await answerTo(backend, request).catch((thrown: unknown) => {
    const error = BoomerangError.from(thrown);
    onError(error);
    return refusal(request, error);
  });
  if (request.requestId) answer.requestId = request.requestId;
  return answer;
}

async function answerTo(backend: Backend, request: DecodedEnvelope): Promise<Envelope> {
  const row = rowOf(request);
  if (row) return { [row.response]: await row.answer(backend, request) };
  throw new BoomerangError('invalid_request', `${request.payload ?? 'an empty envelope'} is not a request`);
}

/** A refusal in the response that belongs to the request. */
function refusal(request: DecodedEnvelope, error: BoomerangError): Envelope {
  const row = rowOf(request);
  return row ? { [row.response]: errorToWire(error) } : errorResponse(error);
}

import { BoomerangError, invalidField } from '@boomerang/domain';
import type { DecodedEnvelope } from '@boomerang/protocol';
import type { Backend, Envelope, Peer } from './request-row.js';
import { rowOf } from './requests.js';
import { errorResponse, errorToWire } from './status.js';

/** Answers one request; never rejects. `onError` hears what was refused or failed. */
export async function dispatch(
  backend: Backend,
  request: DecodedEnvelope,
  peer: Peer,
  onError: (error: BoomerangError) => void,
): Promise<Envelope> {
  const answer = await answerTo(backend, request, peer).catch((thrown: unknown) => {
    const error = BoomerangError.from(thrown);
    onError(error);
    return refusal(request, error);
  });
  const { requestId } = request;
  if (requestId !== 0 && Number.isSafeInteger(requestId)) answer.requestId = requestId;
  return answer;
}

async function answerTo(backend: Backend, request: DecodedEnvelope, peer: Peer): Promise<Envelope> {
  // Such an id could only be echoed as another number, which may be the id of another request.
  if (!Number.isSafeInteger(request.requestId)) {
    throw invalidField('requestId', 'it is out of range', `1 to ${Number.MAX_SAFE_INTEGER}, or none`);
  }
  const row = rowOf(request);
  if (row) return { [row.response]: await row.answer(backend, request, peer) };
  throw new BoomerangError('invalid_request', `${request.payload ?? 'an empty envelope'} is not a request`);
}

/** A refusal in the response that belongs to the request. */
function refusal(request: DecodedEnvelope, error: BoomerangError): Envelope {
  const row = rowOf(request);
  return row ? { [row.response]: errorToWire(error) } : errorResponse(error);
}

import type { RequestEnvelope } from '../connection/request-envelope.js';

/**
 * Whether a request may be sent again although it may have been carried out: it then changes nothing more, and is answered as
 * it was. A cancellation is not among them: the second would be told that the task has ended. A firing is not either: it may fire
 * twice. Nor is a change of a task: its delay would count anew.
 */
export function isRepeatable(request: RequestEnvelope): boolean {
  if (request.registrationRequest) return Boolean(request.registrationRequest.idempotencyKey);
  if (request.batchRegistrationRequest)
    return (request.batchRegistrationRequest.tasks ?? []).every(({ idempotencyKey }) =>
      Boolean(idempotencyKey),
    );
  if (request.replayDeadLettersRequest) return hasIds(request.replayDeadLettersRequest);
  const { sessionRefresh, getTaskRequest, listTasksRequest, listDeadLettersRequest } = request;
  const reading = [getTaskRequest, listTasksRequest, listDeadLettersRequest, request.previewScheduleRequest];
  return [sessionRefresh, request.pauseResumeRequest, ...reading].some(Boolean);
}

function hasIds({ deadLetterIds }: { readonly deadLetterIds?: readonly string[] | null }): boolean {
  return (deadLetterIds ?? []).length > 0;
}

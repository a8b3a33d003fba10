import { BoomerangError } from '@boomerang/domain';
import type { boomerang, DecodedEnvelope } from '@boomerang/protocol';
import type { Operations } from '../operations/operations.js';
import {
  listAnswerToWire,
  listRequestFromWire,
  purgeAnswerToWire,
  purgeRequestFromWire,
  replayAnswerToWire,
  replayRequestFromWire,
} from './dead-letters-on-wire.js';
import { detailsToWire } from './details-to-wire.js';
import { policyFromWire } from './policy-from-wire.js';
import { errorResponse, errorToWire } from './status.js';

export type Answer = boomerang.BoomerangEnvelope.$Properties;

/** Answers one request; never rejects. `onError` hears what was refused or failed. */
export async function dispatch(
  operations: Operations,
  request: DecodedEnvelope,
  onError: (error: BoomerangError) => void,
): Promise<Answer> {
  const answer = await answerTo(operations, request).catch((thrown: unknown) => {
    const error = BoomerangError.from(thrown);
    onError(error);
    return refusal(request, error);
  });
  return request.requestId ? { ...answer, requestId: request.requestId } : answer;
}

async function answerTo(operations: Operations, request: DecodedEnvelope): Promise<Answer> {
  const { sessionId } = request;
  switch (request.payload) {
    case 'authHandshake': {
      const handshake = request.authHandshake;
      const session = await operations.openSession(handshake.authToken ?? '', () =>
        policyFromWire(handshake),
      );
      return { authResponse: { sessionId: session.sessionId, expiresAtMs: session.expiresAtMs } };
    }
    case 'sessionRefresh':
      return { sessionRefreshResponse: { expiresAtMs: await operations.refreshSession(sessionId) } };
    case 'registrationRequest': {
      const { payload, delayMs, repeatIntervalMs } = request.registrationRequest;
      const task = {
        payload: payload ?? NOTHING,
        delayMs: delayMs ?? 0,
        repeatIntervalMs: repeatIntervalMs ?? 0,
      };
      return { registrationResponse: await operations.registerTask(sessionId, task) };
    }
    case 'cancellationRequest': {
      const attemptUnderWay = await operations.cancelTask(
        sessionId,
        request.cancellationRequest.taskId ?? '',
      );
      return { cancellationResponse: { attemptUnderWay } };
    }
    case 'getTaskRequest': {
      const task = await operations.getTask(sessionId, request.getTaskRequest.taskId ?? '');
      return { getTaskResponse: { task: detailsToWire(task) } };
    }
    case 'listTasksRequest': {
      const page = await operations.listTasks(sessionId, listRequest(request.listTasksRequest));
      return { listTasksResponse: { tasks: page.tasks.map(detailsToWire), nextToken: page.nextToken } };
    }
    case 'listDeadLettersRequest': {
      const asked = listRequestFromWire(request.listDeadLettersRequest);
      const answer = await operations.listDeadLetters(sessionId, asked);
      return { listDeadLettersResponse: listAnswerToWire(answer) };
    }
    case 'replayDeadLettersRequest': {
      const asked = replayRequestFromWire(request.replayDeadLettersRequest);
      const answer = await operations.replayDeadLetters(sessionId, asked);
      return { replayDeadLettersResponse: replayAnswerToWire(answer) };
    }
    case 'purgeDeadLettersRequest': {
      const asked = purgeRequestFromWire(request.purgeDeadLettersRequest);
      const answer = await operations.purgeDeadLetters(sessionId, asked);
      return { purgeDeadLettersResponse: purgeAnswerToWire(answer) };
    }
    default:
      throw new BoomerangError(
        'invalid_request',
        `${request.payload ?? 'an empty envelope'} is not a request`,
      );
  }
}

const NOTHING = new Uint8Array(0);

function listRequest(wire: boomerang.ListTasksRequest.$Properties) {
  return {
    clientId: wire.clientId ?? '',
    scheduledAfterMs: wire.scheduledAfter ?? 0,
    scheduledBeforeMs: wire.scheduledBefore ?? 0,
    recurring: wire.isRecurring ?? undefined,
    limit: wire.limit ?? 0,
    nextToken: wire.nextToken ?? '',
  };
}

/** A refusal in the response that belongs to the request. */
function refusal(request: DecodedEnvelope, error: BoomerangError): Answer {
  const wire = errorToWire(error);
  switch (request.payload) {
    case 'authHandshake':
      return { authResponse: wire };
    case 'sessionRefresh':
      return { sessionRefreshResponse: wire };
    case 'registrationRequest':
      return { registrationResponse: wire };
    case 'cancellationRequest':
      return { cancellationResponse: wire };
    case 'getTaskRequest':
      return { getTaskResponse: wire };
    case 'listTasksRequest':
      return { listTasksResponse: wire };
    case 'listDeadLettersRequest':
      return { listDeadLettersResponse: wire };
    case 'replayDeadLettersRequest':
      return { replayDeadLettersResponse: wire };
    case 'purgeDeadLettersRequest':
      return { purgeDeadLettersResponse: wire };
    default:
      return errorResponse(error);
  }
}

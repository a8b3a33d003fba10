import type { IncomingHttpHeaders } from 'node:http';
import { decodeEnvelope } from '@boomerang/protocol';
import type { ReceivedCallback } from './callback.js';

/** @throws an error that says why, if `body` is not an envelope with a callback in it. */
export function decodeCallback(
  body: Buffer,
  headers: IncomingHttpHeaders,
  receivedAtMs: number,
): ReceivedCallback {
  const { payload: kind, callbackRequest } = decodeEnvelope(body);
  if (!callbackRequest) throw new Error(`the envelope carries ${kind ?? 'nothing'} instead of a callback`);
  return {
    taskId: callbackRequest.taskId ?? '',
    clientId: callbackRequest.clientId ?? '',
    payload: callbackRequest.payload ?? new Uint8Array(),
    occurrence: callbackRequest.occurrence ?? 0,
    attempt: callbackRequest.attempt ?? 0,
    scheduledTimeMs: callbackRequest.scheduledTimeMs ?? 0,
    headers,
    receivedAtMs,
  };
}

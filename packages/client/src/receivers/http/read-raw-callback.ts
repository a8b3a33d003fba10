import type { IncomingHttpHeaders } from 'node:http';
import type { ReceivedCallback } from '../callback.js';

/** A callback whose body is the payload itself. @throws an error that says why, if its headers don't tell the rest. */
export function readRawCallback(
  body: Buffer,
  headers: IncomingHttpHeaders,
  receivedAtMs: number,
): ReceivedCallback {
  const taskId = headers['boomerang-task-id'];
  if (typeof taskId !== 'string') throw new Error('boomerang-task-id is missing: this is no callback');
  const number = (name: string) => {
    const value = Number(headers[name]);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new Error(`${name} is missing or not a number`);
  };
  const text = (name: string) => headers[name]?.toString();
  const key = text('boomerang-idempotency-key');
  return {
    taskId,
    clientId: String(headers['boomerang-client-id'] ?? ''),
    payload: body,
    occurrence: number('boomerang-occurrence'),
    attempt: number('boomerang-attempt'),
    scheduledTimeMs: number('boomerang-scheduled-time-ms'),
    latenessMs: headers['boomerang-lateness-ms'] === undefined ? undefined : number('boomerang-lateness-ms'),
    tags: text('boomerang-tags')?.split(',').map(decodeURIComponent) ?? [],
    idempotencyKey: key === undefined ? undefined : decodeURIComponent(key),
    headers,
    receivedAtMs,
  };
}

import type { RequestEnvelope } from '../connection/request-envelope.js';
import type { JsonRequest } from './request-json.js';

/** A request, and its answer as the envelope's. */
export interface Exchange extends JsonRequest {
  toAnswer(json: object): RequestEnvelope;
}

export function taskPath(taskId: string | null | undefined): string {
  return `/v1/tasks/${encodeURIComponent(taskId ?? '')}`;
}

export function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

export function epochMs(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}

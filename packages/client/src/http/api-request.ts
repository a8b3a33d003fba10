import type { RequestEnvelope } from '../connection/request-envelope.js';

/** A request of the HTTP API, and its answer as the envelope's. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
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

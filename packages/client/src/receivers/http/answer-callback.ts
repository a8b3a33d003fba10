import type { IncomingHttpHeaders } from 'node:http';
import { MAX_FRAME_BYTES } from '@boomerang/protocol';
import { askHandler } from '../ask-handler.js';
import type { ReceivedCallback } from '../callback.js';
import { decodeCallback } from '../decode-callback.js';
import { SignatureError, verifyCallback } from '../verify-callback.js';
import { bareAnswer, type HttpAnswer, toHttpAnswer } from './http-answer.js';
import type { HttpHandlerOptions } from './http-handler-options.js';
import { readRawCallback } from './read-raw-callback.js';

export const NOT_POSTED = bareAnswer(405, 'callbacks are POSTed');

/** A callback as it came over HTTP. */
export interface PostedCallback {
  /** Undefined if it is longer than a callback can be. */
  readonly body: Buffer | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly receivedAtMs: number;
}

/** Hands `done` the answer to a callback. */
export function answerCallback(
  posted: PostedCallback,
  options: HttpHandlerOptions,
  done: (answer: HttpAnswer) => void,
): void {
  const callback = tryDecode(posted, options);
  if (callback instanceof Error) done(bareAnswer(statusOf(callback), callback.message));
  else askHandler(options.onCallback, callback, (verdict) => done(toHttpAnswer(verdict)));
}

function tryDecode(
  { body, headers, receivedAtMs }: PostedCallback,
  { format, secrets }: HttpHandlerOptions,
): ReceivedCallback | Error {
  if (!body) return new TooLongError(`a callback has at most ${MAX_FRAME_BYTES} bytes`);
  try {
    if (secrets) verifyCallback(headers, body, secrets);
    return format === 'RAW'
      ? readRawCallback(body, headers, receivedAtMs)
      : decodeCallback(body, headers, receivedAtMs).callback;
  } catch (error) {
    return error as Error;
  }
}

class TooLongError extends Error {}

function statusOf(error: Error): number {
  if (error instanceof TooLongError) return 413;
  return error instanceof SignatureError ? 401 : 400;
}

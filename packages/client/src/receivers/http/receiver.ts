import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_FRAME_BYTES } from '@boomerang/protocol';
import type { OptionNames } from '../../arguments/check-options.js';
import { checkOneOf } from '../../arguments/check-values.js';
import { hostPort } from '../../connection/host-port.js';
import { askHandler } from '../ask-handler.js';
import { nowMs, type ReceivedCallback } from '../callback.js';
import { decodeCallback } from '../decode-callback.js';
import { checkReceiverOptions, RECEIVER_NAMES, type ReceiverOptions } from '../receiver-options.js';
import { SignatureError, verifyCallback } from '../verify-callback.js';
import { answer, answerStatus, type HttpVerdict } from './answer.js';
import { readBody } from './read-body.js';
import { readRawCallback } from './read-raw-callback.js';

export interface HttpReceiverOptions extends ReceiverOptions<HttpVerdict> {
  /** What the sessions ask for. Default `ENVELOPE`. */
  readonly format?: 'ENVELOPE' | 'RAW';
}

const NAMES: OptionNames<HttpReceiverOptions> = { ...RECEIVER_NAMES, format: true };
const FORMATS = ['ENVELOPE', 'RAW'] as const;

export interface HttpReceiver {
  /** The endpoint to open a session with. */
  readonly url: string;
  /** Ends all connections at once. Can be called twice. */
  close(): Promise<void>;
}

/** Longer than a caller keeps an idle connection, so that none is closed while a callback is on its way. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Starts a server that takes the callbacks of HTTP sessions, on every path.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; Node's error if it can't listen there.
 */
export async function createHttpReceiver(options: HttpReceiverOptions): Promise<HttpReceiver> {
  checkReceiverOptions(options, NAMES);
  const { port = 0, host = '127.0.0.1', format = 'ENVELOPE' } = options;
  checkOneOf('format', format, FORMATS);
  const server = createServer((request, response) => take(request, response, options));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${hostPort(host, (server.address() as AddressInfo).port)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function take(request: IncomingMessage, response: ServerResponse, options: HttpReceiverOptions): void {
  const receivedAtMs = nowMs();
  response.sendDate = false;
  if (request.method !== 'POST') {
    answerStatus(response, 405, 'callbacks are POSTed');
    return;
  }
  readBody(request, MAX_FRAME_BYTES, (body) => {
    if (!body) {
      answerStatus(response, 413, `a callback has at most ${MAX_FRAME_BYTES} bytes`);
      return;
    }
    const callback = tryDecode(body, request.headers, receivedAtMs, options);
    if (callback instanceof SignatureError) answerStatus(response, 401, callback.message);
    else if (callback instanceof Error) answerStatus(response, 400, callback.message);
    else askHandler(options.onCallback, callback, (verdict) => answer(response, verdict));
  });
}

function tryDecode(
  body: Buffer,
  headers: IncomingHttpHeaders,
  receivedAtMs: number,
  { format, secrets }: HttpReceiverOptions,
): ReceivedCallback | Error {
  try {
    if (secrets) verifyCallback(headers, body, secrets);
    return format === 'RAW'
      ? readRawCallback(body, headers, receivedAtMs)
      : decodeCallback(body, headers, receivedAtMs).callback;
  } catch (error) {
    return error as Error;
  }
}

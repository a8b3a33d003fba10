import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_FRAME_BYTES } from '@boomerang/protocol';
import { nowMs } from '../callback.js';
import { answerCallback, NOT_POSTED } from './answer-callback.js';
import { bareAnswer, type HttpAnswer } from './http-answer.js';
import { checkHttpHandlerOptions, type HttpHandlerOptions } from './http-handler-options.js';
import { readBody } from './read-body.js';

const PARSED = bareAnswer(
  500,
  'the body was parsed before the handler of callbacks got it: it needs the bytes as they came',
);

/** A request of Node's; frameworks may have read its body. */
export interface NodeRequest extends IncomingMessage {
  body?: unknown;
}

/** For Node's own server, for Express and all who call their handlers as it does. */
export type NodeCallbackHandler = (request: NodeRequest, response: ServerResponse) => void;

/**
 * A handler of callbacks for a server of one's own: `app.post('/callbacks', createNodeHandler({ onCallback }))` in Express. A
 * body parser in front of it must leave the bytes as they are (`express.raw({ type: '*' + '/*' })`), or leave the body alone.
 *
 * @throws BoomerangClientError for options that can't be used.
 */
export function createNodeHandler(options: HttpHandlerOptions): NodeCallbackHandler {
  const checked = checkHttpHandlerOptions(options);
  return (request, response) => {
    const receivedAtMs = nowMs();
    const { headers } = request;
    const take = (body: Buffer | undefined) =>
      answerCallback({ body, headers, receivedAtMs }, checked, (answer) => write(response, answer));
    if (request.method !== 'POST') write(response, NOT_POSTED);
    else if (Buffer.isBuffer(request.body))
      take(request.body.length > MAX_FRAME_BYTES ? undefined : request.body);
    else if (request.readableEnded) write(response, PARSED);
    else readBody(request, MAX_FRAME_BYTES, take);
  };
}

function write(response: ServerResponse, { status, contentType, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length });
  response.end(body);
}

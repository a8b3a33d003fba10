import type { ServerResponse } from 'node:http';
import { boomerang, encodeEnvelope } from '@boomerang/protocol';
import type { CallbackVerdict } from './callback.js';

const OK = encodeEnvelope({ callbackResponse: { status: boomerang.Status.OK } });

export function answer(response: ServerResponse, verdict: CallbackVerdict): void {
  if (verdict === undefined || verdict === 'OK') {
    answerEnvelope(response, OK);
  } else if ('httpStatus' in verdict) {
    answerStatus(response, verdict.httpStatus);
  } else {
    const callbackResponse = { status: boomerang.Status.ERROR, errorMessage: verdict.error };
    answerEnvelope(response, encodeEnvelope({ callbackResponse }));
  }
}

export function answerStatus(response: ServerResponse, status: number, reason = ''): void {
  const body = Buffer.from(reason);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length });
  response.end(body);
}

function answerEnvelope(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': body.length });
  response.end(body);
}

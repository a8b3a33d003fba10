import type { AttemptOutcome, ErrorClass } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { judgeCallbackResponse } from '../shared/judge-callback-response.js';
import { describeGrpcStatus } from './grpc-status.js';

/** Bytes in front of a message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

/** The whole answer of a call. */
export interface GrpcResponse {
  readonly httpStatus: number;
  readonly contentType: string;
  /** From the trailers, or from the headers if the answer has nothing else. */
  readonly grpcStatus: string | undefined;
  readonly grpcMessage: string;
  readonly body: Buffer;
}

/** What an answer means: the call's status counts first, then the message. */
export function judgeGrpcResponse(response: GrpcResponse): AttemptOutcome {
  const { httpStatus, contentType, grpcStatus, grpcMessage, body } = response;
  if (httpStatus !== 200) return failed('rejected', `HTTP status ${httpStatus}`);
  if (!contentType.startsWith('application/grpc')) {
    return failed('protocol', `the answer's content type is ${JSON.stringify(contentType)}`);
  }
  if (grpcStatus === undefined) return failed('protocol', 'the answer has no grpc-status');
  if (grpcStatus === '0') return judgeMessage(body);
  const error = `the receiver answered ${describeGrpcStatus(grpcStatus, grpcMessage)}`;
  return failed(grpcStatus === '4' ? 'timeout' : 'rejected', error);
}

function judgeMessage(body: Buffer): AttemptOutcome {
  const whole = body.length >= PREFIX_BYTES && body.readUInt32BE(1) === body.length - PREFIX_BYTES;
  if (!whole) return failed('protocol', `${body.length} bytes are not one gRPC message`);
  if (body[0] !== 0) return failed('protocol', 'the answer is compressed');
  try {
    return judgeCallbackResponse(boomerang.CallbackResponse.decode(body.subarray(PREFIX_BYTES)));
  } catch (error) {
    return failed('protocol', `the answer is no CallbackResponse: ${(error as Error).message}`);
  }
}

function failed(errorClass: ErrorClass, error: string): AttemptOutcome {
  return { kind: 'retryable', errorClass, error };
}

/** A message as it travels in a call: uncompressed, its length in front. */
export function encodeGrpcMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { ErrorClass } from '@boomerang/domain';
import { describeError } from '../shared/describe-error.js';
import { type ConnectionResult, MOST_ANSWER_BYTES } from '../transport.js';
import { judgeGrpcResponse } from './judge-grpc-response.js';

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** One call, from the write of its request to its result. */
export class GrpcCall {
  readonly #timer: NodeJS.Timeout;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #headers: Headers | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  #error: Error | undefined;

  /**
   * @param endsAt monotonic ms at which the attempt fails.
   * @param stale whether the connection is one that had served before and was closed.
   * @param resolve may be called more than once: the first result counts.
   */
  constructor(
    private readonly stream: ClientHttp2Stream,
    endsAt: number,
    private readonly stale: () => boolean,
    private readonly resolve: (result: ConnectionResult) => void,
  ) {
    this.#timer = setTimeout(() => this.#onTimeout(), endsAt - performance.now());
    stream.on('response', (headers) => {
      this.#headers = headers;
    });
    stream.on('trailers', (trailers) => {
      this.#trailers = trailers;
    });
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.on('end', () => {
      if (this.#grpcStatus() !== undefined) this.#judge();
    });
    stream.on('error', (error) => {
      this.#error = error;
    });
    stream.once('close', () => this.#onClose());
  }

  #onData(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    this.#body.push(chunk);
    if (this.#bodyBytes <= MOST_ANSWER_BYTES) return;
    this.#fail('protocol', `the answer is longer than ${MOST_ANSWER_BYTES} bytes`);
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  #onTimeout(): void {
    this.#fail('timeout', `no ${this.#headers ? 'end of the answer' : 'answer'} in time`);
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  #onClose(): void {
    const refused = this.stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    if (this.#grpcStatus() !== undefined) this.#judge();
    else if (!this.#headers && (refused || this.stale())) this.#end({ kind: 'stale_connection' });
    else if (this.#error) this.#fail(classOf(this.#error), describeError(this.#error));
    else if (this.#headers && this.stream.rstCode === constants.NGHTTP2_NO_ERROR) this.#judge();
    else this.#fail('reset', 'the connection was closed before the end of the answer');
  }

  #judge(): void {
    const result = judgeGrpcResponse({
      httpStatus: this.#headers?.[':status'] ?? 0,
      contentType: this.#headers?.['content-type'] ?? '',
      grpcStatus: this.#grpcStatus(),
      grpcMessage: String((this.#trailers ?? this.#headers)?.['grpc-message'] ?? ''),
      body: Buffer.concat(this.#body),
    });
    this.#end(result);
  }

  #grpcStatus(): string | undefined {
    return (this.#trailers ?? this.#headers)?.['grpc-status'] as string | undefined;
  }

  #fail(errorClass: ErrorClass, error: string): void {
    this.#end({ kind: 'retryable', errorClass, error });
  }

  #end(result: ConnectionResult): void {
    clearTimeout(this.#timer);
    this.resolve(result);
  }
}

/** Bytes that are not HTTP/2 have an error code of nghttp2; every other error means that the connection has ended. */
export function classOf(error: Error): 'protocol' | 'reset' {
  return (error as NodeJS.ErrnoException).code === 'ERR_HTTP2_ERROR' ? 'protocol' : 'reset';
}

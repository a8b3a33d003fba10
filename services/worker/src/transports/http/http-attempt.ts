import type { AttemptOutcome, AttemptResult } from '@boomerang/domain';
import { type Dispatcher, errors } from 'undici';
import { connectFailure } from '../shared/connect-failure.js';
import { describeError } from '../shared/describe-error.js';
import { type ConnectionResult, MOST_ANSWER_BYTES } from '../transport.js';
import type { HttpAnswer } from './judge-http-response.js';
import type { Staleness } from './staleness.js';

/**
 * One request on its way through undici:
 *
 * - *waiting* for a connection; until `onRequestStart`, which undici calls in the tick that writes
 * - *sent*; until the answer's end, an error, or the time limit
 * - *over*: the result has been told, what comes later is ignored
 */
export class HttpAttempt implements Dispatcher.DispatchHandler {
  readonly #timer: NodeJS.Timeout;
  readonly #body: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #bodyBytes = 0;
  #status = 0;
  #headers: HttpAnswer['headers'] = {};
  #over = false;

  /**
   * @param endsAt monotonic ms at which the attempt fails.
   * @param judge what the answer means.
   * @param staleness absent: an error of a pooled connection is one like any other.
   */
  constructor(
    private readonly objection: () => string | undefined,
    endsAt: number,
    private readonly judge: (answer: HttpAnswer) => AttemptOutcome,
    private readonly staleness: Staleness | undefined,
    private readonly resolve: (result: ConnectionResult) => void,
  ) {
    this.#timer = setTimeout(() => this.#onTimeout(), endsAt - performance.now());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const error = this.#over ? 'the attempt is over' : this.objection();
    if (error === undefined) return;
    this.#end({ kind: 'not_sent', error });
    controller.abort(new Error(error));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    this.#body.push(chunk);
    if (this.#bodyBytes <= MOST_ANSWER_BYTES) return;
    this.#answered(undefined);
    controller.abort(new Error('the answer is longer than it may be'));
  }

  onResponseEnd(): void {
    this.#answered(Buffer.concat(this.#body));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#status === 0 && this.staleness?.is(error)) {
      this.#end({ kind: 'stale_connection' });
    } else {
      this.#end(failure(error, this.#controller !== undefined));
    }
  }

  #answered(body: Buffer | undefined): void {
    this.#end(this.judge({ status: this.#status, headers: this.#headers, body }));
  }

  #onTimeout(): void {
    const error = `no ${this.#status === 0 ? 'answer' : 'end of the answer'} in time`;
    this.#end({ kind: 'retryable', errorClass: 'timeout', error });
    this.#controller?.abort(new Error(error));
  }

  #end(result: ConnectionResult): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.resolve(result);
  }
}

/** @param sent whether a connection had been there to send on. */
function failure(error: Error, sent: boolean): AttemptResult {
  const garbage = error instanceof errors.HTTPParserError;
  if (!sent && !garbage) return connectFailure(error);
  return { kind: 'retryable', errorClass: garbage ? 'protocol' : 'reset', error: describeError(error) };
}

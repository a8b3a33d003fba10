import type { Socket } from 'node:net';
import type { AttemptOutcome, ErrorClass } from '@boomerang/domain';
import { FrameDecoder } from '@boomerang/protocol';
import { describeError } from '../shared/describe-error.js';
import { judgeEnvelope } from '../shared/judge-envelope.js';
import { type ConnectionResult, MOST_ANSWER_BYTES } from '../transport.js';

/** A callback as it goes out. */
export interface TcpRequest {
  readonly frame: Buffer;
  /** In the frame's envelope. */
  readonly requestId: number;
}

interface Exchange {
  readonly requestId: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: ConnectionResult) => void;
}

/**
 * A connection to a receiver, with one callback in flight at most:
 *
 * - *idle* until `exchange`
 * - *busy* until the answer's end, then idle again
 * - *closed*: by the receiver, when it is not used for long, or because the receiver misbehaved
 */
export class TcpConnection {
  readonly #decoder = new FrameDecoder({ maxFrameBytes: MOST_ANSWER_BYTES });
  #exchange: Exchange | undefined;
  /** Whether it has carried an answer: only then may its end be the receiver's closing of an idle connection. */
  #served = false;

  /**
   * @param onIdle called when it can take the next callback.
   * @param onClosed called once.
   */
  constructor(
    private readonly socket: Socket,
    idleMs: number,
    private readonly onIdle: (connection: TcpConnection) => void,
    onClosed: (connection: TcpConnection) => void,
  ) {
    socket.setTimeout(idleMs, () => {
      if (!this.#exchange) socket.destroy();
    });
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.once('close', () => {
      onClosed(this);
      this.#onLost();
    });
  }

  /** Sends a callback and waits for its answer. The write is tried in this tick, right after `objection`. */
  exchange(
    { frame, requestId }: TcpRequest,
    objection: () => string | undefined,
    endsAt: number,
  ): Promise<ConnectionResult> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onTimeout(), endsAt - performance.now());
      this.#exchange = { requestId, timer, resolve };
      if (this.socket.destroyed) return this.#onLost();
      const error = objection();
      if (error === undefined) this.socket.write(frame);
      else this.#end({ kind: 'not_sent', error });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    let frames: Buffer[];
    try {
      frames = this.#decoder.push(chunk);
    } catch (error) {
      this.#fail('protocol', (error as Error).message);
      return;
    }
    const [answer, ...more] = frames;
    if (!this.#exchange || more.length > 0 || (answer && this.#decoder.pendingBytes > 0)) this.close();
    if (answer && this.#exchange) this.#onAnswer(judgeEnvelope(answer, this.#exchange.requestId));
  }

  #onAnswer(result: AttemptOutcome | undefined): void {
    this.#served = true;
    if (result === undefined) this.#fail('protocol', 'the receiver answered another request');
    else if ('errorClass' in result && result.errorClass === 'protocol') this.#fail('protocol', result.error);
    else this.#end(result);
  }

  #onTimeout(): void {
    this.#fail('timeout', `no ${this.#decoder.pendingBytes === 0 ? 'answer' : 'end of the answer'} in time`);
  }

  #onLost(): void {
    const { errored } = this.socket;
    if (this.#served && this.#decoder.pendingBytes === 0) this.#end({ kind: 'stale_connection' });
    else
      this.#fail('reset', errored ? describeError(errored) : 'the connection was closed before the answer');
  }

  #fail(errorClass: ErrorClass, error: string): void {
    this.close();
    this.#end({ kind: 'retryable', errorClass, error });
  }

  #end(result: ConnectionResult): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#exchange = undefined;
    clearTimeout(exchange.timer);
    if (!this.socket.destroyed) this.onIdle(this);
    exchange.resolve(result);
  }
}

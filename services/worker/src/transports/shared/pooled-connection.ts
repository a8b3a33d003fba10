import type { Socket } from 'node:net';
import type { ErrorClass } from '@boomerang/domain';
import type { AnswerReader, WholeAnswer } from './answer-reader.js';
import { describeError } from './describe-error.js';

/** A request, and what decides whether it is written. */
export interface Exchange<A, R> {
  readonly request: Buffer;
  /** Called in the very tick that writes: why it must not, if so. */
  readonly objection: () => string | undefined;
  /** Monotonic ms at which the attempt fails. */
  readonly endsAt: number;
  /** What the answer means. If it breaks the protocol, the connection is closed. */
  readonly judge: (answer: A) => R;
}

export interface Judged {
  readonly kind: string;
  readonly errorClass?: ErrorClass;
}

/** The result of an exchange without an answer. */
export type Unanswered =
  | { readonly kind: 'retryable'; readonly errorClass: ErrorClass; readonly error: string }
  | { readonly kind: 'not_sent'; readonly error: string };

/** Undefined: the receiver had closed the connection after an earlier answer. The attempt may use a fresh connection. */
type Ended<R> = R | Unanswered | undefined;

interface UnderWay<A, R> {
  readonly reader: AnswerReader<A>;
  readonly judge: (answer: A) => R;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: Ended<R>) => void;
}

/**
 * A connection to a receiver, with one request in flight at most:
 *
 * - *idle* until `exchange`
 * - *busy* until the answer's end, then idle again
 * - *closed*: by the receiver, when it was idle for too long, or because its last answer allows no further request
 */
export class PooledConnection<A, R extends Judged> {
  #underWay: UnderWay<A, R> | undefined;
  /** Whether it has carried an answer: only then may its end be the receiver's closing of an idle connection. */
  #served = false;

  /**
   * @param onIdle called when it can take the next request.
   * @param onClosed called once.
   */
  constructor(
    private readonly socket: Socket,
    private readonly newReader: () => AnswerReader<A>,
    private readonly idleMs: number,
    private readonly onIdle: (connection: PooledConnection<A, R>) => void,
    onClosed: (connection: PooledConnection<A, R>) => void,
  ) {
    socket.setTimeout(idleMs);
    socket.on('timeout', () => {
      if (!this.#underWay) this.close();
    });
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.once('end', () => this.#onEnd());
    socket.once('close', () => {
      onClosed(this);
      this.#onLost();
    });
  }

  /** Sends a request and waits for its answer. The write is tried in this tick, right after `objection`. */
  exchange({ request, objection, endsAt, judge }: Exchange<A, R>): Promise<Ended<R>> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#onTimeout(), endsAt - performance.now());
      this.#underWay = { reader: this.newReader(), judge, timer, resolve };
      if (this.socket.destroyed) return this.#onLost();
      const error = objection();
      if (error === undefined) this.socket.write(request);
      else this.#end({ kind: 'not_sent', error });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    const underWay = this.#underWay;
    // No request is in flight, so these bytes must not be taken for the answer to the next one.
    if (!underWay) this.close();
    else this.#read(underWay, (reader) => reader.read(chunk));
  }

  #onEnd(): void {
    if (this.#underWay) this.#read(this.#underWay, (reader) => reader.end());
    this.close();
  }

  #read(underWay: UnderWay<A, R>, read: (reader: AnswerReader<A>) => WholeAnswer<A> | undefined): void {
    try {
      const whole = read(underWay.reader);
      if (whole) this.#onAnswer(underWay, whole);
    } catch (error) {
      this.#fail('protocol', (error as Error).message);
    }
  }

  #onAnswer({ judge }: UnderWay<A, R>, { answer, reuseMs }: WholeAnswer<A>): void {
    this.#served = true;
    const result = judge(answer);
    // If the answer came before the request was written completely, the rest of the request would still be sent.
    const fit = reuseMs > 0 && result.errorClass !== 'protocol' && this.socket.writableLength === 0;
    const idleMs = fit ? Math.min(this.idleMs, reuseMs) : 0;
    if (!fit) this.close();
    else if (this.socket.timeout !== idleMs) this.socket.setTimeout(idleMs);
    this.#end(result);
  }

  #onTimeout(): void {
    this.#fail('timeout', `no ${this.#underWay?.reader.begun ? 'end of the answer' : 'answer'} in time`);
  }

  #onLost(): void {
    const begun = this.#underWay?.reader.begun;
    const { errored } = this.socket;
    const lost = `the connection was closed ${begun ? 'in the middle of' : 'before'} the answer`;
    if (this.#served && !begun) this.#end(undefined);
    else this.#fail('reset', errored ? describeError(errored) : lost);
  }

  #fail(errorClass: ErrorClass, error: string): void {
    this.close();
    this.#end({ kind: 'retryable', errorClass, error });
  }

  #end(result: Ended<R>): void {
    const underWay = this.#underWay;
    if (!underWay) return;
    this.#underWay = undefined;
    clearTimeout(underWay.timer);
    if (!this.socket.destroyed) this.onIdle(this);
    underWay.resolve(result);
  }
}

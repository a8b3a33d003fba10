import type { Socket } from 'node:net';
import { BoomerangError } from '@boomerang/domain';
import {
  type DecodedEnvelope,
  decodeEnvelope,
  encodeFrame,
  FrameDecoder,
  FrameError,
  MalformedEnvelopeError,
} from '@boomerang/protocol';
import type { GatewayLog } from '../log.js';
import type { GatewayMetrics } from '../metrics.js';
import type { Operations } from '../operations/operations.js';
import { AnswerQueue } from './answer-queue.js';
import { dispatch } from './dispatch.js';
import { RequestBudget } from './request-budget.js';
import { errorToWire } from './status.js';

/** Nothing more is taken on while the peer has left answers of this size unread. */
const MOST_UNREAD_BYTES = 4 * 1_048_576;
/** A peer that neither reads on nor closes its side is cut this long after ours was closed, ms. */
const LINGER_MS = 2_000;

export interface ConnectionDependencies {
  readonly operations: Operations;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/**
 * One client connection: frames in, answers out in the same order.
 *
 * - *open*: requests are read; reading pauses while too much is in flight
 * - *ending*: what comes is thrown away (the peer has ended, sent what can't be read, or the gateway drains); what was
 *   read before is still answered, then our side is closed, and soon after the socket
 * - *closed*
 */
export class TcpConnection {
  readonly closed: Promise<void>;
  readonly #decoder = new FrameDecoder();
  readonly #budget = new RequestBudget();
  readonly #answers = new AnswerQueue((answer) => this.#write(answer));
  /** Read, but not begun. */
  readonly #frames: Buffer[] = [];
  /** Why the connection has to end behind the frames that were read. */
  #unreadable: Error | undefined;
  #ending = false;
  #corked = false;
  #closing = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly deps: ConnectionDependencies,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#proceed());
    socket.on('end', () => this.end());
    socket.on('error', (error) => deps.log.connectionError(socket.remoteAddress, error));
    socket.on('close', () => clearTimeout(this.#linger));
  }

  /** Reads no more, answers what was read, and closes. */
  end(): void {
    this.#ending = true;
    this.#proceed();
    if (!this.#closing) this.#cutUnlessItReads(this.socket.writableLength);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#ending || this.#unreadable) return;
    try {
      this.#frames.push(...this.#decoder.push(chunk));
    } catch (error) {
      this.#unreadable = error as Error;
      if (error instanceof FrameError) this.#frames.push(...error.precedingFrames);
    }
    this.#proceed();
  }

  /** Begins what was read as far as there is room, and reads on or closes. */
  #proceed(): void {
    let begun = 0;
    while (begun < this.#frames.length && this.#hasRoom()) this.#begin(this.#frames[begun++] as Buffer);
    this.#frames.splice(0, begun);
    if (this.#frames.length > 0) {
      this.socket.pause();
      return;
    }
    this.socket.resume();
    if (this.#unreadable) this.#refuse(this.#unreadable);
    if (this.#ending && this.#answers.length === 0) this.#close();
  }

  #hasRoom(): boolean {
    return !this.#budget.exhausted && this.socket.writableLength < MOST_UNREAD_BYTES;
  }

  #begin(frame: Buffer): void {
    let request: DecodedEnvelope;
    try {
      request = decodeEnvelope(frame);
    } catch (error) {
      this.#unreadable = error as Error;
      this.#frames.length = 0;
      return;
    }
    const answer = this.#answers.reserve();
    this.#budget.spend(request, frame.length);
    void this.#answer(request).then((envelope) => {
      answer(encodeFrame(envelope));
      this.#proceed();
    });
  }

  async #answer(request: DecodedEnvelope) {
    const { operations, metrics, log } = this.deps;
    const operation = request.payload ?? 'none';
    const stop = metrics.request(operation);
    let code = 'ok';
    const envelope = await dispatch(operations, request, (error) => {
      code = error.code;
      if (error.code === 'internal') log.internalError(operation, error);
    });
    stop(code);
    return envelope;
  }

  /** Tells why, behind the answers to what came before, and closes. */
  #refuse(error: Error): void {
    this.#unreadable = undefined;
    this.#ending = true;
    if (!(error instanceof FrameError || error instanceof MalformedEnvelopeError)) {
      this.deps.log.internalError('read', error);
      this.destroy();
      return;
    }
    this.deps.metrics.refusedFrame(error.code);
    const refusal = errorToWire(new BoomerangError('invalid_request', error.message));
    this.#answers.reserve()(encodeFrame({ errorResponse: { ...refusal, code: error.code } }));
  }

  /** Answers of one turn of the event loop leave together. */
  #write(answer: Buffer): void {
    this.#budget.refund();
    if (!this.#corked) {
      this.#corked = true;
      this.socket.cork();
      setImmediate(() => {
        this.#corked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(answer);
  }

  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.socket.end();
    this.#cutUnlessItReads(this.socket.writableLength);
  }

  /** From the end on, the peer has to read on, and to close its side soon after it has read everything. */
  #cutUnlessItReads(unread: number): void {
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => {
      const left = this.socket.writableLength;
      const stuck = left > 0 && left >= unread;
      const done = left === 0 && this.#closing;
      if (stuck || done) this.destroy();
      else this.#cutUnlessItReads(left);
    }, LINGER_MS);
  }
}

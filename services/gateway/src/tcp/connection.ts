import type { Socket } from 'node:net';
import { BoomerangError } from '@boomerang/domain';
import {
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
import { errorToWire } from './status.js';

/** Reading pauses while a connection has this much unanswered, or unread answers of this size. */
const MOST_REQUESTS = 4_096;
const MOST_REQUEST_BYTES = 16 * 1_048_576;
const MOST_UNREAD_BYTES = 4 * 1_048_576;

export interface ConnectionDependencies {
  readonly operations: Operations;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/**
 * One client connection: frames in, answers out in the same order.
 *
 * - *open*: requests are read; reading pauses while too much is in flight
 * - *ending*: nothing more is read (the peer has ended, sent what can't be read, or the gateway drains); what is in
 *   flight is still answered, then the socket is closed
 * - *closed*
 */
export class TcpConnection {
  readonly closed: Promise<void>;
  readonly #decoder = new FrameDecoder();
  readonly #answers = new AnswerQueue((answer) => this.#write(answer));
  #bytesInFlight = 0;
  #ending = false;
  #corked = false;

  constructor(
    private readonly socket: Socket,
    private readonly deps: ConnectionDependencies,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#regulate());
    socket.on('end', () => this.end());
    socket.on('error', (error) => deps.log.connectionError(socket.remoteAddress, error));
  }

  /** Reads no more, answers what is in flight, and closes. */
  end(): void {
    this.#ending = true;
    this.socket.pause();
    this.#endWhenAnswered();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#ending) return;
    const { frames, error } = this.#framesIn(chunk);
    try {
      for (const frame of frames) this.#onFrame(frame);
      if (error) throw error;
      this.#regulate();
    } catch (unreadable) {
      this.#refuseConnection(unreadable);
    }
  }

  #framesIn(chunk: Buffer): { frames: readonly Buffer[]; error?: FrameError } {
    try {
      return { frames: this.#decoder.push(chunk) };
    } catch (error) {
      if (error instanceof FrameError) return { frames: error.precedingFrames, error };
      throw error;
    }
  }

  #onFrame(frame: Buffer): void {
    const { operations, metrics } = this.deps;
    const request = decodeEnvelope(frame);
    const operation = request.payload ?? 'none';
    const answer = this.#answers.reserve();
    const stop = metrics.request(operation);
    this.#bytesInFlight += frame.length;
    let code = 'ok';
    const onError = (error: BoomerangError) => {
      code = error.code;
      if (error.code === 'internal') this.deps.log.internalError(operation, error);
    };
    void dispatch(operations, request, onError).then((envelope) => {
      stop(code);
      this.#bytesInFlight -= frame.length;
      answer(encodeFrame(envelope));
      this.#regulate();
      this.#endWhenAnswered();
    });
  }

  /** Tells why, after the answers to what came before, and closes. */
  #refuseConnection(error: unknown): void {
    if (!(error instanceof FrameError || error instanceof MalformedEnvelopeError)) {
      this.deps.log.internalError('read', error);
      this.destroy();
      return;
    }
    this.deps.metrics.refusedFrame(error.code);
    const refusal = errorToWire(new BoomerangError('invalid_request', error.message));
    this.#answers.reserve()(encodeFrame({ errorResponse: { ...refusal, code: error.code } }));
    this.end();
  }

  /** Answers of one turn of the event loop leave together. */
  #write(answer: Buffer): void {
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

  #regulate(): void {
    if (this.#ending) return;
    const tooMuch =
      this.#answers.length >= MOST_REQUESTS ||
      this.#bytesInFlight >= MOST_REQUEST_BYTES ||
      this.socket.writableLength >= MOST_UNREAD_BYTES;
    if (tooMuch) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  #endWhenAnswered(): void {
    if (this.#ending && this.#answers.length === 0) this.socket.end();
  }
}

import type { Socket } from 'node:net';
import { type DecodedEnvelope, decodeEnvelope, FrameDecoder } from '@boomerang/protocol';
import { isAccepted, requireAccepted } from './client-error.js';
import { closingOf } from './closing-of.js';
import { type Closing, ConnectionClosedError } from './connection-closed-error.js';
import { RequestQueue } from './request-queue.js';
import { WriteBatcher } from './write-batcher.js';

/** How long a peer that doesn't read is waited for when the channel is closed. */
const LONGEST_CLOSE_MS = 5_000;

/** Frames out, and the answers that belong to them. */
export class Channel {
  /** Resolves, with how it ended, once the socket is closed and all that waited for an answer was told. */
  readonly ended: Promise<Closing>;

  readonly #pending = new RequestQueue();
  readonly #decoder = new FrameDecoder();
  readonly #writes: WriteBatcher;
  #answered = false;
  #trusted = false;
  #wanted = false;
  #failure: Error | undefined;
  #closing: Closing | undefined;

  constructor(
    private readonly socket: Socket,
    /** Whom it leads to: `host:port`. */
    readonly peer: string,
  ) {
    this.#writes = new WriteBatcher(socket);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => {
      this.#failure ??= error;
    });
    this.ended = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#end()));
    });
  }

  /** Whether anything has come from the peer. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether the gateway has seen a live session here. */
  get trusted(): boolean {
    return this.#trusted;
  }

  /** Sends a frame; its answer. @throws ConnectionClosedError as a rejection. */
  send(frame: Buffer, requestId: number): Promise<DecodedEnvelope> {
    return new Promise((resolve, reject) => {
      if (this.#closing || !this.socket.writable) {
        return reject(new ConnectionClosedError(this.#closing ?? this.#describeEnd(), 'not_sent'));
      }
      this.#pending.push({ requestId, resolve, reject });
      this.#writes.write(frame);
    });
  }

  /** Sends what was given to `send`, then closes. */
  async close(): Promise<void> {
    this.#wanted ||= this.#closing === undefined;
    this.#writes.flush();
    this.socket.destroySoon();
    const impatience = setTimeout(() => this.socket.destroy(), LONGEST_CLOSE_MS);
    await this.ended;
    clearTimeout(impatience);
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#answer(decodeEnvelope(frame));
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }

  #answer(envelope: DecodedEnvelope): void {
    this.#answered = true;
    const request = this.#pending.take(envelope.requestId);
    if (!request) {
      if (envelope.payload === 'errorResponse') requireAccepted(envelope);
      throw new Error(`the gateway sent an answer that nobody waits for: ${envelope.payload ?? 'empty'}`);
    }
    this.#trusted ||= isAccepted(envelope);
    request.resolve(envelope);
  }

  #end(): Closing {
    this.#closing = this.#describeEnd();
    this.#pending.rejectAll(new ConnectionClosedError(this.#closing, 'unknown'));
    return this.#closing;
  }

  #describeEnd(): Closing {
    return closingOf({
      peer: this.peer,
      wanted: this.#wanted,
      answered: this.#answered,
      failure: this.#failure,
    });
  }
}

import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoomerangError } from '@boomerang/domain';
import {
  type DecodedEnvelope,
  decodeEnvelope,
  encodeFrame,
  FrameDecoder,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
} from '@boomerang/protocol';
import { dispatch } from '../../envelope/dispatch.js';
import type { Backend, Peer } from '../../envelope/request-row.js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { Refusal } from '../../refusal.js';
import { addressKey } from '../shared/address-key.js';
import type { AwakeClock } from '../shared/awake-clock.js';
import type { DoorLimits } from '../shared/limits.js';
import { certificateOf } from '../shared/peer-certificate.js';
import { AnswerQueue } from './answer-queue.js';
import { LARGE_FRAME_BYTES } from './client-share.js';
import type { ClientShares, Place } from './client-shares.js';
import { Outbox } from './outbox.js';
import { noSession, refusalBytes, refusalOf, slowFrame } from './refusal-frame.js';
import { RequestBudget } from './request-budget.js';
import type { Turns } from './turns.js';

/** Nothing more is taken on while the peer has left answers of this size unread. */
const MOST_UNREAD_BYTES = 4 * 1_048_576;

export interface ConnectionDependencies {
  readonly backend: Backend;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  readonly limits: DoorLimits;
  readonly clock: AwakeClock;
  readonly turns: Turns;
  /** What each client may use, over all its connections. */
  readonly clients: ClientShares;
}

/**
 * One client connection: frames in, answers out in the same order.
 *
 * - *new*: no request has succeeded yet, so no live session was shown. Frames have to be small, requests are carried out
 *   one by one, and the time is limited
 * - *open*: requests are read; reading pauses while too much is in flight or unread
 * - *ending*: what comes is thrown away (the peer has ended or is refused, or the gateway drains); what was read before
 *   is still answered, then our side is closed, and soon after the socket
 * - *closed*
 */
export class TcpConnection {
  readonly closed: Promise<void>;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES_BEFORE_SESSION });
  readonly #budget = new RequestBudget();
  readonly #outbox: Outbox;
  readonly #answers = new AnswerQueue((answer) => this.#write(answer));
  #new = true;
  /** The place among the connections of the client whose session was shown first on this one. */
  #place: Place | undefined;
  /** The first answer is delayed, because its client opened too many connections in a short time. */
  #delayed = false;
  #heldBytes = 0;
  #hasLargeFrame = false;
  readonly #goOn = () => this.#proceed();
  readonly #peer: Peer;
  #ending = false;
  /** Refused: nothing that the peer sends is processed any more. */
  #refused = false;
  /** When our side was closed. */
  #endedAt: number | undefined;
  /** When the frame began that has come in part. */
  #frameSince: number | undefined;

  /** @param since when the peer connected, by the clock. */
  constructor(
    private readonly socket: Socket,
    private readonly deps: ConnectionDependencies,
    private readonly since: number,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => this.#leave());
    this.#outbox = new Outbox(socket, deps.clock, () => {
      this.#tellHeld();
      this.#proceed();
    });
    const meet = (clientId: string) => (this.#place ? undefined : this.#meet(clientId));
    const certificate = () => certificateOf(socket);
    this.#peer = { address: addressKey(socket.remoteAddress ?? ''), certificate, meet };
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.end());
    socket.on('error', (error) => deps.log.connectionError(socket.remoteAddress, error));
  }

  /** Reads no more, answers what was read, and closes. */
  end(): void {
    this.#ending = true;
    this.#proceed();
  }

  /** Whether the gateway has waited for the peer for longer than the limits allow. */
  get overdue(): boolean {
    return this.#breach() !== undefined;
  }

  /** Ends or cuts a peer that is overdue. */
  enforceLimits(): void {
    const { limits, metrics } = this.deps;
    const breach = this.#breach();
    if (breach === 'NO_SESSION') this.#refuse(noSession(limits));
    else if (breach === 'SLOW_FRAME') this.#refuse(slowFrame(limits));
    else if (breach) this.socket.destroy();
    if (breach === 'NOT_READING') metrics.closedConnection(breach);
  }

  #breach(): 'NOT_READING' | 'LINGERING' | 'NO_SESSION' | 'SLOW_FRAME' | undefined {
    const { clock, limits } = this.deps;
    const passed = (since: number | undefined, ms: number) => since !== undefined && clock.now - since > ms;
    if (this.#outbox.stalledMs > (this.#ending ? limits.lingerMs : limits.unreadMs)) return 'NOT_READING';
    if (passed(this.#endedAt, limits.lingerMs)) return 'LINGERING';
    if (this.#ending) return undefined;
    if (this.#new && !this.#delayed && passed(this.since, limits.sessionMs)) return 'NO_SESSION';
    return passed(this.#frameSince, limits.frameMs) ? 'SLOW_FRAME' : undefined;
  }

  #onData(chunk: Buffer): void {
    if (this.#ending) return;
    this.#decoder.feed(chunk);
    if (this.#new) this.#proceedInTurn();
    else this.#proceed();
  }

  /** Before a session was shown, a connection's frames wait for a turn: many such connections may come at a time. */
  #proceedInTurn(): void {
    this.socket.pause();
    this.deps.turns.add(() => this.#proceed());
  }

  /** Begins what was read as far as there is room, and reads on or closes. */
  #proceed(): void {
    let begun = false;
    while (this.#hasRoom()) {
      if (!this.#mayBegin()) break;
      const frame = this.#nextFrame();
      if (!frame) {
        this.#awaitMore(begun);
        return;
      }
      begun = true;
      this.#begin(frame);
    }
    this.#pauseByOurDoing();
  }

  #pauseByOurDoing(): void {
    // The rest of the frame can't come while we don't read, so its time limit begins anew afterwards.
    this.#frameSince = undefined;
    this.socket.pause();
  }

  /** Takes or releases a place for a large frame, which takes memory before it has come completely. */
  #hasPlaceForFrame(): boolean {
    const share = this.#place?.share;
    const large = this.#decoder.pendingBytes > LARGE_FRAME_BYTES;
    if (share && this.#hasLargeFrame && !large) {
      this.#hasLargeFrame = false;
      share.releaseLargeFrame();
    } else if (share && large && !this.#hasLargeFrame) this.#hasLargeFrame = share.takeLargeFrame(this.#goOn);
    return !share || !large || this.#hasLargeFrame;
  }

  #hasRoom(): boolean {
    if (this.#refused) return true;
    if (this.#new)
      return this.#answers.length === 0 && this.#outbox.unreadBytes < MAX_FRAME_BYTES_BEFORE_SESSION;
    return !this.#budget.exhausted && this.#outbox.unreadBytes < MOST_UNREAD_BYTES;
  }

  /** Whether its client has room; if not, it goes on when there is. */
  #mayBegin(): boolean {
    const share = this.#place?.share;
    if (!share || this.#refused || this.#ending) return true;
    return share.takeMemory(this.#goOn) && share.takeTurn(this.#goOn);
  }

  #nextFrame(): Buffer | undefined {
    if (this.#refused) return undefined;
    try {
      return this.#decoder.next();
    } catch (error) {
      this.#onUnreadable(error);
      return undefined;
    }
  }

  /** Called when every frame that has come completely was begun. */
  #awaitMore(begun: boolean): void {
    if (this.#decoder.pendingBytes === 0) this.#frameSince = undefined;
    else if (begun || this.#frameSince === undefined) this.#frameSince = this.deps.clock.now;
    if (this.#hasPlaceForFrame()) this.socket.resume();
    else this.#pauseByOurDoing();
    const idle = this.#answers.length === 0 && this.#outbox.unreadBytes === 0;
    if (!this.#ending || !idle || this.#endedAt !== undefined) return;
    this.#endedAt = this.deps.clock.now;
    this.socket.end();
  }

  #begin(frame: Buffer): void {
    let request: DecodedEnvelope;
    try {
      request = decodeEnvelope(frame);
    } catch (error) {
      this.#onUnreadable(error);
      return;
    }
    const answer = this.#answers.reserve();
    this.#budget.spend(request, frame.length);
    this.#tellHeld();
    void this.#answer(request).then((envelope) => {
      answer(encodeFrame(envelope));
      this.#proceed();
    });
  }

  async #answer(request: DecodedEnvelope) {
    const { backend, metrics, log } = this.deps;
    const operation = request.payload ?? 'none';
    const stop = metrics.request(operation);
    let code = 'ok';
    const onError = (error: BoomerangError) => {
      code = error.code;
      if (error.code === 'internal') log.internalError(operation, error);
    };
    const envelope = await dispatch(backend, request, this.#peer, onError);
    stop(code);
    if (code === 'ok' && this.#new) await this.#trust();
    return envelope;
  }

  async #meet(clientId: string): Promise<void> {
    const place = await this.deps.clients.enter(clientId);
    if (this.socket.destroyed || this.#place) place.leave();
    else this.#place = place;
  }

  #leave(): void {
    const place = this.#place;
    if (!place) return;
    place.share.forget(this.#goOn);
    place.share.hold(this.#heldBytes, 0);
    if (this.#hasLargeFrame) place.share.releaseLargeFrame();
    [this.#heldBytes, this.#hasLargeFrame, this.#place] = [0, false, undefined];
    place.leave();
  }

  /** Bytes that this connection adds to its client's share of memory. */
  #tellHeld(): void {
    if (!this.#place) return;
    const now = this.#budget.bytes + this.#outbox.unreadBytes;
    const before = this.#heldBytes;
    this.#heldBytes = now;
    this.#place.share.hold(before, now);
  }

  /** Called after a request that succeeded: it has opened a session or shown a live one. */
  async #trust(): Promise<void> {
    const { waitMs = 0 } = this.#place ?? {};
    if (waitMs > 0) {
      this.#delayed = true;
      await sleep(waitMs, undefined, { ref: false });
    }
    this.#new = false;
    this.#decoder.maxFrameBytes = MAX_FRAME_BYTES;
  }

  #onUnreadable(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal) {
      this.deps.metrics.refusedFrame(refusal.code);
      this.#refuse(refusal);
      return;
    }
    this.deps.log.internalError('read', error);
    this.socket.destroy();
  }

  /** Writes the reason behind the answers to earlier requests, and ends the connection. */
  #refuse(refusal: Refusal): void {
    this.deps.metrics.closedConnection(refusal.code);
    this.deps.log.refused(this.socket.remoteAddress, refusal);
    this.#refused = true;
    this.#answers.reserve()(refusalBytes(refusal));
    this.end();
  }

  #write(answer: Buffer): void {
    this.#budget.refund();
    this.#outbox.write(answer);
    this.#tellHeld();
  }
}

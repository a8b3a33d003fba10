import type { Socket } from 'node:net';
import {
  type boomerang,
  type DecodedEnvelope,
  decodeEnvelope,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameDecoder,
  MAX_FRAME_BYTES_BEFORE_SESSION,
} from '@boomerang/protocol';
import { isAccepted, requireAccepted } from './client-error.js';
import { ConnectionClosedError } from './connection-closed-error.js';
import { RequestQueue } from './request-queue.js';
import { WriteBatcher } from './write-batcher.js';

export type RequestEnvelope = boomerang.BoomerangEnvelope.$Properties;

/** One TCP connection to a gateway. Sessions don't depend on it: any connection can carry any of them. */
export interface Connection {
  /**
   * Sends an envelope and resolves with its answer, whatever its status. Requests may be pipelined. `bytes` fields of
   * the answer are views of what was read from the socket.
   *
   * A request of more than 4 KiB that is the first in any session is sent behind a refresh of its session, without
   * which the gateway would not take it.
   *
   * @throws ConnectionClosedError (as a rejection) when the connection goes before the answer came, and
   *   BoomerangClientError when such a refresh is refused.
   */
  request(envelope: RequestEnvelope): Promise<DecodedEnvelope>;
  /** Sends what was requested, then closes; what is unanswered by then rejects. Can be called twice. */
  close(): Promise<void>;
}

/** @param onClose called once when the connection is closed; with an error unless one of the two sides wished it so. */
export function createConnection(socket: Socket, onClose?: (error: Error | undefined) => void): Connection {
  const pending = new RequestQueue();
  const writes = new WriteBatcher(socket);
  const decoder = new FrameDecoder();
  let failure: Error | undefined;
  let closed = false;
  /** Whether the gateway has seen a live session here. */
  let trusted = false;
  const refreshes = new Map<string, Promise<void>>();

  socket.on('data', (chunk) => {
    try {
      for (const frame of decoder.push(chunk)) answer(decodeEnvelope(frame));
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on('error', (error) => {
    failure = error;
  });
  const over = new Promise<void>((resolve) => {
    socket.once('close', () => {
      closed = true;
      pending.rejectAll(new ConnectionClosedError(failure));
      onClose?.(failure);
      resolve();
    });
  });

  function answer(envelope: DecodedEnvelope): void {
    const request = pending.take(envelope.requestId);
    if (!request) {
      if (envelope.payload === 'errorResponse') requireAccepted(envelope);
      throw new Error(`the gateway sent an answer that nobody waits for: ${envelope.payload ?? 'empty'}`);
    }
    trusted ||= isAccepted(envelope);
    request.resolve(envelope);
  }

  function send(frame: Buffer, requestId: number): Promise<DecodedEnvelope> {
    return new Promise((resolve, reject) => {
      if (closed || !socket.writable) return reject(new ConnectionClosedError(failure));
      pending.push({ requestId, resolve, reject });
      writes.write(frame);
    });
  }

  /** Requests of one session that wait for trust share one refresh. */
  function refresh(sessionId: string): Promise<void> {
    const underWay = refreshes.get(sessionId);
    if (underWay) return underWay;
    const refreshed = send(encodeFrame({ sessionId, sessionRefresh: {} }), 0)
      .then(requireAccepted)
      .finally(() => refreshes.delete(sessionId));
    refreshes.set(sessionId, refreshed);
    return refreshed;
  }

  return {
    async request(envelope) {
      const frame = encodeFrame(envelope);
      const large = frame.length > MAX_FRAME_BYTES_BEFORE_SESSION + FRAME_HEADER_BYTES;
      if (large && !trusted && envelope.sessionId) await refresh(envelope.sessionId);
      return send(frame, Number(envelope.requestId ?? 0));
    },
    close() {
      writes.flush();
      socket.destroySoon();
      return over;
    },
  };
}

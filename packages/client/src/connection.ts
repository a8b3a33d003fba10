import type { Socket } from 'node:net';
import {
  type boomerang,
  type DecodedEnvelope,
  decodeEnvelope,
  encodeFrame,
  FrameDecoder,
} from '@boomerang/protocol';
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
   * @throws ConnectionClosedError (as a rejection) when the connection goes before the answer came.
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
    if (!request)
      throw new Error(`the gateway sent an answer that nobody waits for: ${envelope.payload ?? 'empty'}`);
    request.resolve(envelope);
  }

  return {
    request(envelope) {
      return new Promise((resolve, reject) => {
        if (closed || !socket.writable) return reject(new ConnectionClosedError(failure));
        const frame = encodeFrame(envelope);
        pending.push({ requestId: Number(envelope.requestId ?? 0), resolve, reject });
        writes.write(frame);
      });
    },
    close() {
      writes.flush();
      socket.destroySoon();
      return over;
    },
  };
}

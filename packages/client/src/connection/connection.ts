import { type DecodedEnvelope, encodeFrame, MAX_FRAME_BYTES_BEFORE_SESSION } from '@boomerang/protocol';
import { invalidArgument } from '../arguments/invalid-argument.js';
import type { Channel } from './channel.js';
import { requireAccepted } from './client-error.js';
import { encodeRequest } from './encode-request.js';
import type { RequestEnvelope } from './request-envelope.js';
import { checkRequestOptions, type RequestOptions } from './request-options.js';
import { RequestTimeoutError } from './request-timeout-error.js';
import { withinLimit } from './time-limit.js';

/** One TCP connection to a gateway. Sessions don't depend on it: any connection can carry any of them. */
export interface Connection {
  /**
   * Sends an envelope and resolves with its answer, whatever its status. Requests may be pipelined. `bytes` fields of
   * the answer are views of what was read from the socket.
   *
   * A request of more than 4 KiB that is the first in any session is sent behind a refresh of its session, without
   * which the gateway would not take it.
   *
   * @throws (as a rejection) BoomerangClientError for an envelope that can't be sent, or when such a refresh is refused;
   *   RequestTimeoutError when the answer doesn't come in time; ConnectionClosedError when the connection goes before it
   *   came.
   */
  request(envelope: RequestEnvelope, options?: RequestOptions): Promise<DecodedEnvelope>;
  /**
   * Sends what was requested, then closes; what is unanswered by then rejects. A gateway that doesn't read it is waited
   * for 5 s. Can be called twice.
   */
  close(): Promise<void>;
}

export function createConnection(channel: Channel, requestTimeoutMs: number): Connection {
  const refreshes = new Map<string, Promise<void>>();

  /** Requests of one session that wait for trust share one refresh. */
  function refresh(sessionId: string): Promise<void> {
    const underWay = refreshes.get(sessionId);
    if (underWay) return underWay;
    const refreshed = channel
      .send(encodeFrame({ sessionId, sessionRefresh: {} }), 0)
      .then(requireAccepted)
      .finally(() => refreshes.delete(sessionId));
    refreshes.set(sessionId, refreshed);
    return refreshed;
  }

  return {
    async request(envelope, options) {
      const { timeoutMs = requestTimeoutMs, signal } = checkRequestOptions(options);
      const { frame, requestId, needsTrust } = encodeRequest(envelope);
      const { sessionId } = envelope;
      if (needsTrust && !channel.trusted && !sessionId) throw tooLargeAsFirst(frame);
      let sent = false;
      const timedOut = () => new RequestTimeoutError(channel, timeoutMs, sent);
      const send = () => {
        sent = true;
        return channel.send(frame, requestId);
      };
      return withinLimit(timeoutMs, signal, timedOut, async (limit) => {
        if (!needsTrust || channel.trusted || !sessionId) return send();
        await refresh(sessionId);
        // Who was told that it was not sent may have sent it again.
        if (limit.over) throw timedOut();
        return send();
      });
    },
    close: () => channel.close(),
  };
}

function tooLargeAsFirst({ length }: Buffer) {
  const allowed = `at most ${MAX_FRAME_BYTES_BEFORE_SESSION} bytes for the first request on a connection`;
  return invalidArgument('envelope', `${length} bytes`, allowed);
}

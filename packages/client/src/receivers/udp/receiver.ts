import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { encodeEnvelope } from '@boomerang/protocol';
import { envelopeAnswer } from '../../connection/envelope-answer.js';
import { hostPort } from '../../connection/host-port.js';
import { askSigned } from '../ask-handler.js';
import { nowMs } from '../callback.js';
import { type DecodedCallback, decodeCallback } from '../decode-callback.js';
import { checkReceiverOptions, type ReceiverOptions } from '../receiver-options.js';
import { withDeduplication } from '../with-deduplication.js';

export type UdpReceiverOptions = ReceiverOptions;

export interface UdpReceiver {
  /** The endpoint to open a session with: `host:port`. */
  readonly endpoint: string;
  /** Can be called twice. */
  close(): Promise<void>;
}

/**
 * Takes the callbacks of UDP sessions, and answers each, which counts only in sessions that ask for acks. Datagrams that
 * are none are dropped.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; Node's error if it can't listen there.
 */
export async function createUdpReceiver(given: UdpReceiverOptions): Promise<UdpReceiver> {
  checkReceiverOptions(given);
  const options = withDeduplication(given);
  const { port = 0, host = '127.0.0.1' } = options;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const listening = once(socket, 'listening');
  socket.bind(port, host);
  await listening;
  let closed: Promise<void> | undefined;
  // An answer that can't be sent is one that gets lost, which a datagram always may.
  socket.on('error', () => undefined);
  socket.on('message', (datagram, from) => {
    const decoded = tryDecode(datagram, nowMs());
    if (!decoded) return;
    askSigned(options, decoded.callback, (verdict) => {
      const answer = encodeEnvelope(envelopeAnswer(verdict, decoded.requestId));
      if (!closed) socket.send(answer, from.port, from.address, () => undefined);
    });
  });
  return {
    endpoint: hostPort(host, socket.address().port),
    close() {
      closed ??= new Promise((resolve) => socket.close(resolve));
      return closed;
    },
  };
}

function tryDecode(datagram: Buffer, receivedAtMs: number): DecodedCallback | undefined {
  try {
    return decodeCallback(datagram, {}, receivedAtMs);
  } catch {
    return undefined;
  }
}

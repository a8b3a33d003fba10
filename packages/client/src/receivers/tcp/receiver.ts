import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { envelopeAnswer } from '../../connection/envelope-answer.js';
import { hostPort } from '../../connection/host-port.js';
import { askSigned, type HandlerOptions } from '../ask-handler.js';
import { nowMs } from '../callback.js';
import { decodeCallback } from '../decode-callback.js';
import { checkReceiverOptions, type ReceiverOptions } from '../receiver-options.js';
import { withDeduplication } from '../with-deduplication.js';

export type TcpReceiverOptions = ReceiverOptions;

export interface TcpReceiver {
  /** The endpoint to open a session with: `host:port`. */
  readonly endpoint: string;
  /** Ends all connections at once. Can be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a server that takes the callbacks of TCP sessions. A connection that carries anything else is cut.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; Node's error if it can't listen there.
 */
export async function createTcpReceiver(given: TcpReceiverOptions): Promise<TcpReceiver> {
  checkReceiverOptions(given);
  const options = withDeduplication(given);
  const { port = 0, host = '127.0.0.1' } = options;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, options);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    endpoint: hostPort(host, (server.address() as AddressInfo).port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serve(socket: Socket, options: HandlerOptions): void {
  const decoder = new FrameDecoder();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const receivedAtMs = nowMs();
    try {
      for (const frame of decoder.push(chunk)) take(frame, receivedAtMs);
    } catch {
      socket.destroy();
    }
  });

  function take(frame: Buffer, receivedAtMs: number): void {
    const { callback, requestId } = decodeCallback(frame, {}, receivedAtMs);
    askSigned(options, callback, (verdict) => {
      if (socket.writable) socket.write(encodeFrame(envelopeAnswer(verdict, requestId)));
    });
  }
}

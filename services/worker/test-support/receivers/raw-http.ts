import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface RawHttpReceiver {
  readonly url: string;
  /** Requests that came whole. */
  readonly requests: number;
  /** Connections that were made to it. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  stop(): void;
}

/** Called when a request has come whole, with its number from 1. */
export type RawAnswer = (socket: Socket, request: number) => void;

/** A receiver of requests with `content-length` that answers bytes as they are. */
export async function startRawHttpReceiver(answer: RawAnswer, tls?: TlsOptions): Promise<RawHttpReceiver> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let connections = 0;
  const onConnection = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let length = requestLength(received); length; length = requestLength(received)) {
        received = received.slice(length);
        answer(socket, ++requests);
      }
    });
  };
  const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}/`,
    get requests() {
      return requests;
    },
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Of the first request in `text`; 0 while it is not whole. */
function requestLength(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  const [, length] = /\r\ncontent-length: (\d+)\r\n/.exec(text.slice(0, head + 2)) ?? [];
  const whole = head + 4 + Number(length);
  return head !== -1 && text.length >= whole ? whole : 0;
}

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { decodeEnvelope, FrameDecoder } from '@boomerang/protocol';
import type { RequestEnvelope } from '../src/connection/request-envelope.js';

const servers: Server[] = [];

/** A gateway that answers each request as told; what it read comes with the number of chunks it took. */
export async function fakeGateway(onRequest: (request: RequestEnvelope, socket: Socket) => void) {
  const seen = { chunks: 0, bytes: 0 };
  const port = await listen((socket) => {
    const decoder = new FrameDecoder();
    socket.on('data', (chunk) => {
      seen.chunks += 1;
      seen.bytes += chunk.length;
      for (const frame of decoder.push(chunk)) onRequest(decodeEnvelope(frame), socket);
    });
  });
  return { port, seen };
}

/** A server on loopback that does with each connection as told; its port. */
export async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port at which nothing listens. */
export async function unusedPort(): Promise<number> {
  const port = await listen(() => undefined);
  const server = servers.pop() as Server;
  server.close();
  await once(server, 'close');
  return port;
}

/** For `afterEach`. */
export function closeFakeGateways(): void {
  for (const server of servers.splice(0)) server.close();
}

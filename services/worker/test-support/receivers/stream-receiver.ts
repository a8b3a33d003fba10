import type { AddressInfo, Server, Socket } from 'node:net';
import type { Callback } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { TestReceiver } from './receiver.js';

/** A receiver on a server whose connections can be counted and cut. */
export async function streamReceiver(
  server: Server,
  callbackTo: (port: number) => Callback,
  received: readonly boomerang.CallbackRequest.$Properties[],
): Promise<TestReceiver> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const disconnect = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    callback: callbackTo(port),
    received,
    get connections() {
      return connections;
    },
    get open() {
      return open.size;
    },
    disconnect,
    async stop() {
      const stopped = new Promise((done) => server.close(done));
      disconnect();
      await stopped;
    },
    start: () => listen(port),
  };
}

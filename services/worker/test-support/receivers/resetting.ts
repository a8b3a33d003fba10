import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Accepts, resets at once and counts; in a thread of its own, since the test's thread waits for it. */
const RESETS = `
  const { createServer } = require('node:net');
  const { parentPort, workerData: resets } = require('node:worker_threads');
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.resetAndDestroy();
    setImmediate(() => {
      Atomics.add(resets, 0, 1);
      Atomics.notify(resets, 0);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

export interface ResettingReceiver {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A receiver whose resets arrive between the moment at which a connection of this process is made and the moment at which
 * it is told: its socket is open and has no address any more. By itself that happens to a few connections in a hundred.
 */
export async function startResettingReceiver(): Promise<ResettingReceiver> {
  const resets = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(RESETS, { eval: true, workerData: resets });
  const [port] = (await once(thread, 'message')) as [number];
  let connections = 0;
  const holdUp = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const own = ++connections;
    socket.prependListener('connect', () => {
      for (let seen = 0; seen < own; seen = Atomics.load(resets, 0)) Atomics.wait(resets, 0, seen);
    });
  };
  subscribe('net.client.socket', holdUp);
  return {
    port,
    async stop() {
      unsubscribe('net.client.socket', holdUp);
      await thread.terminate();
    },
  };
}

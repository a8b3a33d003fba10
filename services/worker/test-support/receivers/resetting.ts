import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Accepts and resets at once; in a thread of its own, so that it does so whatever the test's thread is busy with. */
const RESETS = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer({ pauseOnConnect: true }, (socket) => socket.resetAndDestroy());
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Surely longer than it takes the thread to accept and reset, ms. */
const UNTIL_RESET_MS = 5;

export interface ResettingReceiver {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A receiver whose resets arrive between the moment at which a connection of this process is made and the moment at which
 * it is told: its socket is open and has no address any more. By itself that happens to a few connections in a hundred.
 */
export async function startResettingReceiver(): Promise<ResettingReceiver> {
  const thread = new Worker(RESETS, { eval: true });
  const [port] = (await once(thread, 'message')) as [number];
  const holdUp = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.prependListener('connect', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, UNTIL_RESET_MS);
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

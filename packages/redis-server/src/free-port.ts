import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the source ports of outgoing connections (32768 and up on Linux). A port from
 * within could be taken by any connection while a server restarts, even by a client that dials that very port and so
 * connects to itself.
 */
const LOWEST = 20_000;
const HIGHEST = 32_767;

/** A loopback port that nobody listened on a moment ago. Throws if a hundred tries found none. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

import type { Socket } from 'node:net';
import type { AwakeClock } from './awake-clock.js';

/** Beyond this many, a refused connection is cut at once, without the reason. */
const MOST_LEAVING = 900;

/**
 * Connections that are refused. Each gets the reason and is closed in an orderly way. For that, everything that the peer
 * has sent has to be read: otherwise the kernel sends a reset, and the peer may lose the reason.
 */
export class Farewells {
  readonly #leaving = new Map<Socket, number>();

  constructor(
    private readonly clock: AwakeClock,
    private readonly lingerMs: number,
  ) {}

  /** @param reason the last frame for the peer; absent if the peer could not read one. */
  send(socket: Socket, reason?: Buffer): void {
    if (this.#leaving.size >= MOST_LEAVING) {
      socket.destroy();
      return;
    }
    this.#leaving.set(socket, this.clock.now);
    socket.once('close', () => this.#leaving.delete(socket));
    socket.resume();
    if (reason) socket.end(reason);
    else socket.end();
  }

  enforceLimits(): void {
    for (const [socket, since] of this.#leaving) {
      if (this.clock.now - since > this.lingerMs) socket.destroy();
    }
  }

  close(): void {
    for (const socket of this.#leaving.keys()) socket.destroy();
  }
}

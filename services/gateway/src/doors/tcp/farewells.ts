import type { Socket } from 'node:net';
import type { AwakeClock } from '../shared/awake-clock.js';

/** Beyond this many, nobody is waited for. */
const MOST_LEAVING = 900;

/**
 * Connections that are not let in. Each is told why and closed in good order, which takes its peer's help: what it has
 * sent has to be read, or the kernel answers it with a reset that would overtake the reason.
 */
export class Farewells {
  readonly #leaving = new Map<Socket, number>();

  constructor(
    private readonly clock: AwakeClock,
    private readonly lingerMs: number,
  ) {}

  /** @param reason the last frame for it; absent where the peer couldn't read one. */
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

import type { Socket } from 'node:net';
import { errors } from 'undici';

/** Tells errors of pooled connections, which the receiver may close at any time, from those of fresh ones. */
export class Staleness {
  readonly #bytesRead = new WeakMap<Error, number>();

  /** Remembers with an error of `socket` whether the connection had carried an answer before. */
  watch(socket: Socket): void {
    socket.prependListener('error', (error) => this.#bytesRead.set(error, socket.bytesRead));
  }

  /** Whether `error`, met before any answer, is that of a connection that had served before and was closed. */
  is(error: Error): boolean {
    const bytesRead =
      error instanceof errors.SocketError ? error.socket?.bytesRead : this.#bytesRead.get(error);
    return (bytesRead ?? 0) > 0;
  }
}

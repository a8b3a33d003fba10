import { setTimeout as sleep } from 'node:timers/promises';
import { connect, resumeSession, type Session } from '@boomerang/client';

const RETRY_MS = 50;

/** A session over a connection that is made anew when it breaks. */
export class ReconnectingSession {
  #current: Promise<Session> | undefined;
  #connections = 0;

  constructor(
    private readonly port: number,
    private readonly sessionId: string,
  ) {}

  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** On the connection of now; waits for one if there is none. */
  current(): Promise<Session> {
    this.#current ??= this.#connect();
    return this.#current;
  }

  async #connect(): Promise<Session> {
    for (;;) {
      try {
        const onClose = () => {
          this.#current = undefined;
        };
        const session = resumeSession(await connect({ port: this.port, onClose }), this.sessionId);
        await session.refresh();
        this.#connections++;
        return session;
      } catch {
        await sleep(RETRY_MS);
      }
    }
  }
}

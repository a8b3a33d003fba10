import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect, resumeSession, type Session } from '@boomerang/client';

const RETRY_MS = 50;
const GIVE_UP_MS = 30_000;

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

  /** On the connection of now; waits for one if there is none. Rejects if none can be had for long. */
  current(): Promise<Session> {
    this.#current ??= this.#connect();
    return this.#current;
  }

  async #connect(): Promise<Session> {
    for (const since = performance.now(); ; await sleep(RETRY_MS)) {
      try {
        return await this.#tryToConnect();
      } catch (error) {
        if (performance.now() - since > GIVE_UP_MS) throw error;
      }
    }
  }

  async #tryToConnect(): Promise<Session> {
    let [used, closed] = [false, false];
    const onClose = () => {
      closed = true;
      if (used) this.#current = undefined;
    };
    const connection: Connection = await connect({ port: this.port, onClose });
    const session = resumeSession(connection, this.sessionId);
    await session.refresh().catch(async (error) => {
      await connection.close();
      throw error;
    });
    if (closed) throw new Error('closed at once');
    used = true;
    this.#connections++;
    return session;
  }
}

import { type ConnectOptions, connect } from '../connection/connect.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import { openSession } from '../session/open-session.js';
import type { SessionOptions } from '../session/session-options.js';

/** A connection, and the session to use on it. */
export interface Link {
  readonly connection: Connection;
  readonly sessionId: string;
}

/** Where requests get their connection and session from. */
export type Links = Pick<SessionLink, 'get' | 'closed' | 'drop' | 'expire' | 'close'>;

/** Keeps one connection with a live session: makes either anew when it is asked for and was lost. */
export class SessionLink {
  #current: Promise<Link> | undefined;
  #sessionId: string | undefined;
  #closed = false;

  constructor(
    private readonly connectOptions: ConnectOptions,
    private readonly sessionOptions: SessionOptions,
    /** Called with each session's end, Unix epoch ms by the service's clock. */
    private readonly onOpened: (expiresAtMs: number) => void,
  ) {}

  get sessionId(): string {
    return this.#sessionId ?? '';
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** All who ask while it is being made wait for the same one. @throws what `connect` and `openSession` do. */
  get(): Promise<Link> {
    if (this.#closed) {
      const closing = { code: 'closed_here', why: 'close() was called' } as const;
      return Promise.reject(new ConnectionClosedError(closing, 'not_sent'));
    }
    this.#current ??= this.#keep(this.#connect());
    return this.#current;
  }

  /** The session of `link` has ended: the next who asks gets another one. */
  expire(link: Link): void {
    if (this.#sessionId !== link.sessionId) return;
    this.#sessionId = undefined;
    this.#current = this.#keep(this.#withSession(link.connection));
  }

  /** The connection of `link` is of no use any more. */
  drop({ connection }: Link): void {
    void this.#forget(connection);
    void connection.close();
  }

  /** Sends what was requested, then closes. */
  async close(): Promise<void> {
    this.#closed = true;
    const link = await this.#current?.catch(() => undefined);
    await link?.connection.close();
  }

  /** What fails is made anew by the next who asks. */
  #keep(making: Promise<Link>): Promise<Link> {
    making.catch(() => {
      if (this.#current === making) this.#current = undefined;
    });
    return making;
  }

  async #connect(): Promise<Link> {
    const connection = await connect({
      ...this.connectOptions,
      onClose: () => void this.#forget(connection),
    });
    return this.#withSession(connection);
  }

  async #withSession(connection: Connection): Promise<Link> {
    if (this.#sessionId === undefined) {
      try {
        const { sessionId, expiresAtMs } = await openSession(connection, this.sessionOptions);
        this.#sessionId = sessionId;
        this.onOpened(expiresAtMs);
      } catch (error) {
        void connection.close();
        throw error;
      }
    }
    return { connection, sessionId: this.#sessionId };
  }

  async #forget(connection: Connection): Promise<void> {
    const current = this.#current;
    const link = await current?.catch(() => undefined);
    if (link?.connection === connection && this.#current === current) this.#current = undefined;
  }
}

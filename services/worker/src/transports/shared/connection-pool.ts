import type { AddressGuard } from '@boomerang/address-guard';
import type { HostPort } from '@boomerang/domain';
import type { AnswerReader } from './answer-reader.js';
import { CLOSED, createClosing } from './closing.js';
import { type ConnectFailure, connectFailure } from './connect-failure.js';
import { dial } from './dial.js';
import type { OwnCertificate } from './own-certificate.js';
import { type Exchange, type Judged, PooledConnection, type Unanswered } from './pooled-connection.js';

export interface PoolOptions {
  readonly guard: AddressGuard;
  readonly callbackConnectTimeoutMs: number;
  readonly callbackIdleMs: number;
  /** What receivers are shown that ask for a certificate; absent: none. */
  readonly ownCertificate?: OwnCertificate | undefined;
}

/** Where a connection leads. Connections with the same target can replace each other. */
export interface Target extends HostPort {
  readonly key: string;
  /** Names the protocol to agree on by TLS; absent: no TLS. */
  readonly tlsProtocol: string | undefined;
}

/**
 * Connections with one request in flight on each; the one used last is used first. A target gets as many connections as
 * it has requests in flight at a time. The pool has no queue and no limit: its callers limit the requests in flight.
 */
export class ConnectionPool<A, R extends Judged> {
  readonly #idle = new Map<string, PooledConnection<A, R>[]>();
  readonly #open = new Set<PooledConnection<A, R>>();
  readonly #closing = createClosing();

  constructor(
    private readonly options: PoolOptions,
    private readonly newReader: () => AnswerReader<A>,
  ) {}

  /**
   * Makes one exchange; never rejects. If the receiver is just closing the pooled connection, the exchange is made once more,
   * on a fresh connection. In no other case is there a second request.
   */
  async exchange(target: Target, exchange: Exchange<A, R>): Promise<R | Unanswered | ConnectFailure> {
    const answered = await this.#idle.get(target.key)?.pop()?.exchange(exchange);
    if (answered) return answered;
    try {
      const fresh = await this.#connect(target, exchange.endsAt);
      return (await fresh.exchange(exchange)) as R | Unanswered;
    } catch (error) {
      return connectFailure(error as Error);
    }
  }

  /** Ends what is under way and closes all connections. */
  close(): void {
    this.#closing.abort(CLOSED);
    for (const connection of this.#open) connection.close();
  }

  async #connect(target: Target, endsAt: number): Promise<PooledConnection<A, R>> {
    const { guard, callbackConnectTimeoutMs, callbackIdleMs, ownCertificate } = this.options;
    const timeoutMs = Math.min(callbackConnectTimeoutMs, Math.ceil(endsAt - performance.now()));
    const { signal } = this.#closing;
    const { tlsProtocol } = target;
    const socket = await dial(target, { guard, timeoutMs, signal, tlsProtocol, ownCertificate });
    const connection = new PooledConnection<A, R>(
      socket,
      this.newReader,
      callbackIdleMs,
      (it) => this.#keep(target.key, it),
      (it) => this.#forget(target.key, it),
    );
    this.#open.add(connection);
    return connection;
  }

  #keep(key: string, connection: PooledConnection<A, R>): void {
    const connections = this.#idle.get(key);
    if (connections) connections.push(connection);
    else this.#idle.set(key, [connection]);
  }

  #forget(key: string, connection: PooledConnection<A, R>): void {
    this.#open.delete(connection);
    const rest = this.#idle.get(key)?.filter((other) => other !== connection) ?? [];
    if (rest.length > 0) this.#idle.set(key, rest);
    else this.#idle.delete(key);
  }
}

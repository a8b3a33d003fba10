import { setTimeout as sleep } from 'node:timers/promises';
import type { OutsideDestination } from '@boomerang/domain';
import { MessageRefusedError } from './sink.js';

/** A connection that is not used for this long is closed, ms. */
const IDLE_MS = 15_000;
/** How long the orderly close of a connection may take, ms. */
const CLOSE_MS = 1_000;

interface Ways<D, C> {
  /** @param gone has to be called when the connection has ended. */
  open(destination: D, gone: () => void): Promise<C>;
  close(connection: C): Promise<unknown>;
}

interface Entry<C> {
  readonly opened: Promise<C>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Connections to brokers, each opened at its first use. Any error but a refused message closes the connection, because it
 * is unknown whether the connection still works; the next use opens a new one. Each client has a connection of its own for
 * each destination, also where several are at one broker, so that an error of one does not close the others' connection.
 */
export class BrokerConnections<D extends OutsideDestination, C> {
  readonly #entries = new Map<string, Entry<C>>();

  /** @param timeoutMs for one use, the opening included. */
  constructor(
    private readonly timeoutMs: number,
    private readonly ways: Ways<D, C>,
  ) {}

  async use(destination: D, clientId: string, work: (connection: C) => Promise<unknown>): Promise<void> {
    const name = `${clientId} ${JSON.stringify(destination)}`;
    const entry = this.#entry(name, destination);
    entry.users++;
    clearTimeout(entry.idle);
    try {
      await within(this.timeoutMs, entry.opened.then(work));
    } catch (error) {
      if (!(error instanceof MessageRefusedError)) void this.#drop(name, entry);
      throw error;
    } finally {
      entry.users--;
      if (entry.users === 0) entry.idle = setTimeout(() => void this.#drop(name, entry), IDLE_MS).unref();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries].map(([name, entry]) => this.#drop(name, entry)));
  }

  #entry(name: string, destination: D): Entry<C> {
    const known = this.#entries.get(name);
    if (known) return known;
    const entry: Entry<C> = {
      opened: this.ways.open(destination, () => this.#forget(name, entry)),
      users: 0,
      idle: undefined,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  #forget(name: string, entry: Entry<C>): void {
    clearTimeout(entry.idle);
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }

  async #drop(name: string, entry: Entry<C>): Promise<void> {
    this.#forget(name, entry);
    // An error while it closes changes nothing: the connection is given up anyway.
    const closed = entry.opened.then(this.ways.close).catch(() => undefined);
    await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
  }
}

/** @throws when `promise` takes longer. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no acknowledgement within ${ms} ms`);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}

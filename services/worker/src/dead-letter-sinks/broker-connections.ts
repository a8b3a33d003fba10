import { setTimeout as sleep } from 'node:timers/promises';
import { MessageRefusedError } from './sink.js';

/** A connection that nobody used for this long is closed, ms. */
const IDLE_MS = 60_000;
/** What closes in an orderly way may take this long, ms. */
const CLOSE_MS = 1_000;

interface Entry<C> {
  readonly opened: Promise<C>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Connections by name, opened when they are used first. What fails on one costs the connection, as nothing else tells
 * whether it is still good; the next use opens another.
 */
export class BrokerConnections<C> {
  readonly #entries = new Map<string, Entry<C>>();

  /** @param timeoutMs for one use, the opening included. */
  constructor(
    private readonly timeoutMs: number,
    private readonly closeOne: (connection: C) => Promise<unknown>,
  ) {}

  /** @param open is given what has to be called when the connection is gone. */
  async use(
    name: string,
    open: (gone: () => void) => Promise<C>,
    work: (connection: C) => Promise<unknown>,
  ): Promise<void> {
    const entry = this.#entry(name, open);
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

  #entry(name: string, open: (gone: () => void) => Promise<C>): Entry<C> {
    const known = this.#entries.get(name);
    if (known) return known;
    const entry: Entry<C> = { opened: open(() => this.#forget(name, entry)), users: 0, idle: undefined };
    this.#entries.set(name, entry);
    return entry;
  }

  #forget(name: string, entry: Entry<C>): void {
    clearTimeout(entry.idle);
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }

  async #drop(name: string, entry: Entry<C>): Promise<void> {
    this.#forget(name, entry);
    // Whatever goes wrong: the connection is given up.
    const closed = entry.opened.then(this.closeOne).catch(() => undefined);
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

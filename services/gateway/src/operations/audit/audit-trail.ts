import type { AuditEntry, AuditStore } from '@boomerang/domain';

/** The same again within this is counted and written as one entry, ms. */
const JOIN_MS = 60_000;
const WRITE_EVERY_MS = 200;
/** What waits to be written; beyond, entries are lost. */
const MOST_WAITING = 1_000;
/** Kinds that are counted at a time; beyond, each is written by itself. */
const MOST_KINDS = 10_000;

interface AuditTrailOptions {
  readonly store: AuditStore;
  /** Hears how many entries were written, or lost and why. */
  readonly onWritten: (count: number) => void;
  readonly onLost: (count: number, error: unknown) => void;
}

/**
 * Writes the audit log in the background: nobody's request waits for it or fails by it. What repeats within a minute is one entry
 * that tells how often: a flood of failures fills neither the log nor Redis.
 */
export class AuditTrail {
  readonly #repeats = new Map<string, { entry: AuditEntry; times: number }>();
  #waiting: AuditEntry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: AuditTrailOptions) {}

  note(entry: AuditEntry): void {
    const kind = kindOf(entry);
    const repeated = this.#repeats.get(kind);
    if (repeated) {
      repeated.times += 1;
      return;
    }
    this.#add(entry);
    if (this.#repeats.size >= MOST_KINDS) return;
    this.#repeats.set(kind, { entry, times: 0 });
    setTimeout(() => this.#endRepeats(kind), JOIN_MS).unref();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    for (const kind of [...this.#repeats.keys()]) this.#endRepeats(kind);
    clearTimeout(this.#timer);
    await this.#write();
  }

  #endRepeats(kind: string): void {
    const repeated = this.#repeats.get(kind);
    this.#repeats.delete(kind);
    if (!repeated || repeated.times === 0) return;
    const { entry, times } = repeated;
    this.#add({ ...entry, details: { ...entry.details, more: String(times) } });
  }

  #add(entry: AuditEntry): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.options.onLost(1, new Error('too many entries wait to be written'));
      return;
    }
    this.#waiting.push(entry);
    this.#timer ??= setTimeout(() => void this.#write(), WRITE_EVERY_MS).unref();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    if (entries.length === 0) return;
    try {
      await this.options.store.write(entries);
      this.options.onWritten(entries.length);
    } catch (error) {
      this.options.onLost(entries.length, error);
    }
  }
}

/** Who guesses keys shows another one each time: failures are one kind by their address. */
function kindOf({ action, outcome, clientId, keyId, from, details }: AuditEntry): string {
  if (outcome !== 'ok') return JSON.stringify([action, outcome, from]);
  return JSON.stringify([action, outcome, from, clientId, keyId, details]);
}

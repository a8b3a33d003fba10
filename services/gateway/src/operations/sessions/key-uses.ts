import type { ClientStore } from '@boomerang/domain';

/** A key's use is noted at most this often, ms. */
const NOTE_EVERY_MS = 60_000;
const MOST_KEYS = 100_000;

/** Notes when keys are used, so that people see which ones they can do without. Nobody waits for it. */
export class KeyUses {
  readonly #notedAt = new Map<string, number>();

  /** @param onError hears why a use could not be noted. */
  constructor(
    private readonly store: Pick<ClientStore, 'noteUse'>,
    private readonly onError: (error: unknown) => void,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  note(keyId: string): void {
    const now = this.monotonicMs();
    if (now - (this.#notedAt.get(keyId) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return;
    if (this.#notedAt.size >= MOST_KEYS) this.#notedAt.clear();
    this.#notedAt.set(keyId, now);
    this.store.noteUse(keyId).catch(this.onError);
  }
}

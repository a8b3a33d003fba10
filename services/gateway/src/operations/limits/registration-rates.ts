import type { LimitStore } from '@boomerang/domain';

/** What was let in is told to the other gateways this often, by way of the store, ms. */
const TELL_EVERY_MS = 100;
/** So many clients are remembered; those beyond begin with a full bucket. */
const MOST_CLIENTS = 10_000;

interface Bucket {
  perSecond: number;
  /** Below 0 when gateways have let in more than there was: that is paid back before anything else. */
  left: number;
  at: number;
  /** Let in here and not told yet. */
  untold: number;
  toldAt: number;
  telling: boolean;
}

/**
 * How many tasks a second clients may register, counted over all gateways without asking anybody before one is let in. Each
 * gateway takes what it has let in out of the common bucket of the client at most ten times a second, and hears what is
 * left. What several let in at once beyond the limit is taken from what comes after.
 */
export class RegistrationRates {
  readonly #buckets = new Map<string, Bucket>();

  /** @param onError hears why the store was not told: it is told the next time. */
  constructor(
    private readonly store: Pick<LimitStore, 'spend'>,
    private readonly onError: (error: unknown) => void,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** 0 = they are let in; otherwise how long to wait before asking again, ms. More than the limit may be let in at once after a rest. */
  take(clientId: string, count: number, perSecond: number): number {
    const bucket = this.#bucketOf(clientId, perSecond);
    this.#fill(bucket, perSecond);
    const wanted = Math.min(count, perSecond);
    const waitMs = Math.ceil(((wanted - bucket.left) * 1_000) / perSecond);
    if (waitMs > 0) return waitMs;
    bucket.left -= count;
    bucket.untold += count;
    this.#tellSoon(clientId, bucket);
    return 0;
  }

  #bucketOf(clientId: string, perSecond: number): Bucket {
    const known = this.#buckets.get(clientId);
    if (known) return known;
    const at = this.monotonicMs();
    const toldAt = Number.NEGATIVE_INFINITY;
    const bucket = { perSecond, left: perSecond, at, untold: 0, toldAt, telling: false };
    this.#buckets.set(clientId, bucket);
    if (this.#buckets.size > MOST_CLIENTS) this.#forgetOne();
    return bucket;
  }

  #fill(bucket: Bucket, perSecond: number): void {
    const now = this.monotonicMs();
    bucket.perSecond = perSecond;
    bucket.left = Math.min(perSecond, bucket.left + ((now - bucket.at) * perSecond) / 1_000);
    bucket.at = now;
  }

  #tellSoon(clientId: string, bucket: Bucket): void {
    if (bucket.telling) return;
    bucket.telling = true;
    const dueInMs = Math.max(0, bucket.toldAt + TELL_EVERY_MS - this.monotonicMs());
    setTimeout(() => void this.#tell(clientId, bucket), dueInMs).unref();
  }

  async #tell(clientId: string, bucket: Bucket): Promise<void> {
    const { untold, perSecond } = bucket;
    bucket.untold = 0;
    bucket.toldAt = this.monotonicMs();
    try {
      const left = await this.store.spend(clientId, untold, perSecond);
      bucket.left = Math.min(perSecond, left) - bucket.untold;
      bucket.at = this.monotonicMs();
      bucket.telling = false;
    } catch (error) {
      this.onError(error);
      bucket.untold += untold;
      bucket.telling = false;
    }
    if (bucket.untold > 0) this.#tellSoon(clientId, bucket);
  }

  /** The one that was met first of those that have nothing to tell. */
  #forgetOne(): void {
    for (const [clientId, { telling }] of this.#buckets) {
      if (telling) continue;
      this.#buckets.delete(clientId);
      return;
    }
  }
}

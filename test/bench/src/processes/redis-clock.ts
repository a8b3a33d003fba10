import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const SAMPLE_EVERY_MS = 250;
const SAMPLES_KEPT = 8;

interface Sample {
  /** Redis's clock less this process's, ms. */
  readonly offset: number;
  /** The offset is wrong by this at the most, ms. */
  readonly error: number;
}

/** Redis's clock as seen from this process: of the last samples of `TIME`, the one with the shortest round trip counts. */
export class RedisClock {
  #samples: Sample[] = [];
  #best: Sample = { offset: 0, error: Number.POSITIVE_INFINITY };

  /** Resolves once there is a reading. Goes on reading for as long as this Redis lives. */
  async follow(url: string): Promise<void> {
    const redis = new Redis(url);
    this.#samples = [];
    for (let i = 0; i < SAMPLES_KEPT; i++) await this.#sample(redis);
    redis.on('error', () => undefined);
    void this.#goOn(redis);
  }

  get best(): Sample {
    return this.#best;
  }

  /** One reading after the other, so that the end of Redis is met once. */
  async #goOn(redis: Redis): Promise<void> {
    try {
      for (;;) {
        await sleep(SAMPLE_EVERY_MS);
        await this.#sample(redis);
      }
    } catch {
      redis.disconnect();
    }
  }

  async #sample(redis: Redis): Promise<void> {
    const sentAt = wallMs();
    const [seconds, microseconds] = (await redis.time()) as [number, number];
    const receivedAt = wallMs();
    const server = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    const sample = { offset: server - (sentAt + receivedAt) / 2, error: (receivedAt - sentAt) / 2 };
    this.#samples = [...this.#samples, sample].slice(-SAMPLES_KEPT);
    this.#best = this.#samples.reduce((best, next) => (next.error < best.error ? next : best));
  }
}

/** Unix epoch ms with fractions: what `receivedAtMs` of a callback is told in. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

import { BoomerangError } from '@boomerang/domain';
import type { GatewayLog } from './log.js';
import type { GatewayMetrics } from './metrics.js';

/** Share of maxmemory. The memory above it is for tasks that exist: deliveries, dead letters, cancellations, tickets. */
const REFUSE_FROM = 0.8;
/** Lower than the share above, so that single tasks don't switch it on and off. */
const TAKE_AGAIN_BELOW = 0.78;
const LOOK_EVERY_MS = 1_000;
/** Most memory of a task besides its payload, bytes; below, the factor by which the allocator may round up a payload. */
const TASK_BYTES = 1_024;
const ROUNDED_UP = 1.25;

export interface MemoryUse {
  readonly usedBytes: number;
  /** 0 = no limit. */
  readonly limitBytes: number;
  /** Whether Redis evicts keys when its memory is short. */
  readonly mayEvict: boolean;
}

export interface MemoryWatchDependencies {
  /** Memory use of the Redis node that is nearest to its maxmemory. */
  readonly readUse: () => Promise<MemoryUse>;
  readonly metrics: Pick<GatewayMetrics, 'redisMemory'>;
  readonly log: Pick<GatewayLog, 'memoryShort' | 'memoryUnknown'>;
}

/**
 * Keeps registrations from filling up Redis. It reads the memory use once a second. In between it adds the tasks that this
 * gateway has registered, as if all were stored on the fullest node.
 */
export class MemoryWatch {
  #use: MemoryUse = { usedBytes: 0, limitBytes: 0, mayEvict: false };
  #takenBytes = 0;
  #short = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly deps: MemoryWatchDependencies) {}

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.#look();
    if (!this.#closed) this.#timer = setTimeout(() => void this.start(), LOOK_EVERY_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @throws BoomerangError `exhausted` when Redis is short of memory. */
  requireRoom(payloadBytes: number): void {
    const bytes = TASK_BYTES + payloadBytes * ROUNDED_UP;
    if (this.#short || this.#shareWith(this.#takenBytes + bytes) >= REFUSE_FROM) throw this.#refusal();
    this.#takenBytes += bytes;
  }

  #shareWith(moreBytes: number): number {
    const { usedBytes, limitBytes } = this.#use;
    return limitBytes === 0 ? 0 : (usedBytes + moreBytes) / limitBytes;
  }

  #refusal(): BoomerangError {
    const [used, limit] = [this.#shareWith(this.#takenBytes), REFUSE_FROM].map(
      (share) => `${Math.round(share * 100)} %`,
    );
    return new BoomerangError(
      'exhausted',
      `the store is short of memory: Redis uses ${used} of its maxmemory, and nothing new is taken from ${limit} on`,
    );
  }

  async #look(): Promise<void> {
    const { readUse, metrics, log } = this.deps;
    const takenBefore = this.#takenBytes;
    try {
      this.#use = await readUse();
    } catch (error) {
      log.memoryUnknown(error);
      return;
    }
    this.#takenBytes -= takenBefore;
    const share = this.#shareWith(0);
    metrics.redisMemory(share, this.#use.mayEvict);
    const short = share >= (this.#short ? TAKE_AGAIN_BELOW : REFUSE_FROM);
    if (short !== this.#short) log.memoryShort(share, short);
    this.#short = short;
  }
}

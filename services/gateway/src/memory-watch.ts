import { BoomerangError } from '@boomerang/domain';
import type { GatewayLog } from './log.js';
import type { GatewayMetrics } from './metrics.js';

/** Of its maxmemory. What is above is for what goes on: deliveries, dead letters, cancellations, tickets. */
const REFUSE_FROM = 0.8;
/** A little lower, so that it doesn't change its mind with every task. */
const TAKE_AGAIN_BELOW = 0.78;
const LOOK_EVERY_MS = 1_000;
/** What a task takes besides its payload at the most, bytes; and what an allocator rounds a payload up by. */
const TASK_BYTES = 1_024;
const ROUNDED_UP = 1.25;

export interface MemoryUse {
  readonly usedBytes: number;
  /** 0 = no limit. */
  readonly limitBytes: number;
  /** Whether it deletes what is there when its memory is short. */
  readonly mayEvict: boolean;
}

export interface MemoryWatchDependencies {
  /** How far the node of Redis is that is nearest to its maxmemory. */
  readonly readUse: () => Promise<MemoryUse>;
  readonly metrics: Pick<GatewayMetrics, 'redisMemory'>;
  readonly log: Pick<GatewayLog, 'memoryShort' | 'memoryUnknown'>;
}

/**
 * Keeps registrations from filling Redis up. It looks once a second, and in between counts what this gateway has taken
 * since, as if all of it went to the fullest node.
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

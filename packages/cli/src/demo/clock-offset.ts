import type { RedisConnection } from '@boomerang/redis';

const READINGS = 20;

export interface ClockOffset {
  /** How far Redis's clock is ahead of this host's. */
  readonly offsetMs: number;
  /** The greatest possible error of the offset, in both directions. */
  readonly errorMs: number;
}

/** Compares Redis's clock with this host's several times. The reading with the shortest round trip counts. */
export async function measureClockOffset(redis: RedisConnection): Promise<ClockOffset> {
  let best: ClockOffset = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  for (let reading = 0; reading < READINGS; reading += 1) {
    const sentAt = performance.now();
    const [seconds, microseconds] = await redis.time();
    const receivedAt = performance.now();
    const errorMs = (receivedAt - sentAt) / 2;
    if (errorMs >= best.errorMs) continue;
    const hostMs = performance.timeOrigin + sentAt + errorMs;
    best = { offsetMs: Number(seconds) * 1_000 + Number(microseconds) / 1_000 - hostMs, errorMs };
  }
  return best;
}

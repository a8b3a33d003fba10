import type { OutsideDestination } from '@boomerang/domain';

const LEAST_MS = 500;
export const MOST_WAIT_MS = 10_000;

/**
 * The way of one client's dead letters to one destination, as one worker goes it:
 *
 * - *idle*: nothing is known to be waiting
 * - *queued*: waits for its turn
 * - *busy*: a batch is on its way
 * - *resting*: the destination failed; the next try comes by itself
 */
export interface Lane {
  /** Of its queue. */
  readonly name: string;
  /** Empty for a queue of all clients, as older releases made them. */
  readonly clientId: string;
  readonly destination: OutsideDestination;
  state: 'idle' | 'queued' | 'busy' | 'resting';
  /** Partitions that may have dead letters for it. */
  readonly partitions: Set<number>;
  /** Batches in a row of which nothing arrived. */
  failures: number;
}

/** Before try number `tries` + 1: doubling from half a second to ten, of which up to a half is left out. */
export function backoffMs(tries: number, random: number = Math.random()): number {
  const full = Math.min(LEAST_MS * 2 ** (tries - 1), MOST_WAIT_MS);
  return full * (1 - random / 2);
}

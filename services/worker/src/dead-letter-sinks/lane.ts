import type { OutsideDestination } from '@boomerang/domain';

const LEAST_MS = 500;
export const MOST_WAIT_MS = 10_000;

/**
 * What one worker knows of one client's dead letters for one destination:
 *
 * - *idle*: no dead letters are known to wait for it
 * - *queued*: waits for its turn
 * - *busy*: a batch is being sent
 * - *resting*: the destination failed; a timer queues it again
 */
export interface Lane {
  /** Name of the queue that holds them. */
  readonly name: string;
  /** Empty for a queue of all clients, as older releases made them. */
  readonly clientId: string;
  readonly destination: OutsideDestination;
  state: 'idle' | 'queued' | 'busy' | 'resting';
  /** Partitions that may have dead letters for the destination. */
  readonly partitions: Set<number>;
  /** Batches in a row of which no dead letter was acknowledged. */
  failures: number;
}

/** Pause before try number `tries` + 1, ms: doubles from 0.5 s to 10 s; a random part of it, up to half, is taken off. */
export function backoffMs(tries: number, random: number = Math.random()): number {
  const full = Math.min(LEAST_MS * 2 ** (tries - 1), MOST_WAIT_MS);
  return full * (1 - random / 2);
}

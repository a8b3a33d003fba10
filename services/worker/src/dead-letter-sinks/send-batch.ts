import { setTimeout as sleep } from 'node:timers/promises';
import type { ForwardingStore, ForwardResult, OutsideDestination, TakenDeadLetter } from '@boomerang/domain';
import { backoffMs, type Lane, MOST_WAIT_MS } from './lane.js';
import { messageOf } from './message.js';
import type { ForwardMetrics } from './metrics.js';
import { MessageRefusedError, type Sink } from './sink.js';

export interface ForwardLog {
  forwardFailed(destination: OutsideDestination, err: unknown): void;
  forwardingFailed(err: unknown): void;
}

/** Dead letters that one worker sends to one destination at the same time. */
const BATCH = 16;

/**
 * Lease of a batch, ms: no other worker takes its dead letters before it ends. It is longer than a send may take, and
 * longer than the longest pause before a dead letter is tried again.
 */
export function forwardLeaseMs({ callbackTimeoutMs }: { callbackTimeoutMs: number }): number {
  return callbackTimeoutMs + MOST_WAIT_MS;
}

export interface SendBatchDependencies {
  readonly store: ForwardingStore;
  readonly sink: Sink;
  readonly metrics: ForwardMetrics;
  readonly log: ForwardLog;
  /** Aborted when the worker stops. */
  readonly closing: AbortSignal;
}

type Sent = { readonly taken: TakenDeadLetter; readonly error?: unknown };

/** Takes the oldest dead letters for a lane's destination, sends them in parallel and records each result in Redis. */
export function createSendBatch(deps: SendBatchDependencies): (lane: Lane) => Promise<'arrived' | 'failed'> {
  const { store, sink, metrics, log, closing } = deps;

  async function send({ destination }: Lane, taken: TakenDeadLetter): Promise<Sent> {
    try {
      await sink.send(destination, messageOf(taken.letter));
      metrics.forward(destination.kind, 'forwarded');
      return { taken };
    } catch (error) {
      metrics.forward(destination.kind, error instanceof MessageRefusedError ? 'refused' : 'failed');
      log.forwardFailed(destination, error);
      return { taken, error };
    }
  }

  /** Repeats until the results are in Redis: a dead letter whose result is not there is sent a second time. */
  async function settle(lane: Lane, partition: number, results: readonly ForwardResult[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await store.settle(partition, lane.name, results);
      } catch (error) {
        log.forwardingFailed(error);
        if (closing.aborted) return;
        await sleep(backoffMs(tries), undefined, { signal: closing }).catch(() => undefined);
      }
    }
  }

  return async (lane) => {
    const [partition] = lane.partitions;
    if (partition === undefined) return 'arrived';
    // Removed before Redis is asked: a dead letter that arrives after the answer adds the partition again.
    lane.partitions.delete(partition);
    const batch = await store.take(partition, lane.name, lane.failures > 0 ? 1 : BATCH).catch((error) => {
      log.forwardingFailed(error);
    });
    if (!batch || batch.more) lane.partitions.add(partition);
    if (!batch) return 'failed';
    const sent = await Promise.all(batch.taken.map((taken) => send(lane, taken)));
    const failed = sent.some(isFault) && !sent.some(({ error }) => error === undefined);
    if (failed) lane.partitions.add(partition);
    await settle(
      lane,
      partition,
      sent.map((one) => resultOf(one, failed)),
    );
    return failed ? 'failed' : 'arrived';
  };
}

/** Whether the destination failed. A refused message is no fault of the destination. */
function isFault({ error }: Sent): boolean {
  return error !== undefined && !(error instanceof MessageRefusedError);
}

/**
 * When a dead letter may be tried again. If the destination failed, its dead letters have no wait of their own: the first
 * worker whose rest for the destination is over may take them. A message that was refused waits by itself.
 */
function resultOf(sent: Sent, destinationFailed: boolean): ForwardResult {
  const { taken, error } = sent;
  if (error === undefined) return { taken, againInMs: undefined };
  return { taken, againInMs: destinationFailed && isFault(sent) ? 0 : backoffMs(taken.tries) };
}

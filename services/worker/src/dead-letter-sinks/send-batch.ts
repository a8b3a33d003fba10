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

/** Dead letters on their way to one destination at the same time. */
const BATCH = 16;

/** How long a batch belongs to its worker, ms: longer than it can take, and than anything may have to wait. */
export function forwardLeaseMs({ callbackTimeoutMs }: { callbackTimeoutMs: number }): number {
  return callbackTimeoutMs + MOST_WAIT_MS;
}

export interface SendBatchDependencies {
  readonly store: ForwardingStore;
  readonly sink: Sink;
  readonly metrics: ForwardMetrics;
  readonly log: ForwardLog;
  /** Aborted when waiting makes no sense any more. */
  readonly closing: AbortSignal;
}

type Sent = { readonly taken: TakenDeadLetter; readonly error?: unknown };

/** Takes the oldest dead letters of a lane, sends them side by side and records what became of them. */
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

  /** Until it is written: what is not is sent again. */
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
    // Before it is asked: whatever comes from now on adds it again.
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

/** Of the destination, not of the message. */
function isFault({ error }: Sent): boolean {
  return error !== undefined && !(error instanceof MessageRefusedError);
}

/** While the destination rests, what is not to blame is free for whoever finds that it is back. */
function resultOf(sent: Sent, destinationFailed: boolean): ForwardResult {
  const { taken, error } = sent;
  if (error === undefined) return { taken, againInMs: undefined };
  return { taken, againInMs: destinationFailed && isFault(sent) ? 0 : backoffMs(taken.tries) };
}

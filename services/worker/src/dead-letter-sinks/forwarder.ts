import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DestinationKind,
  type ForwardingStore,
  type OutsideDestination,
  parseDestination,
} from '@boomerang/domain';
import { Lanes } from './lanes.js';
import type { ForwardMetrics, Waiting } from './metrics.js';
import { createSendBatch, type ForwardLog } from './send-batch.js';
import type { Sink } from './sink.js';

/** Between two looks for new dead letters, ms. */
const LOOK_EVERY_MS = 500;
/** Every so many looks, what waits is counted, and what another worker left is found. */
const SURVEY_EVERY_LOOKS = 10;

export interface ForwarderDependencies {
  readonly store: ForwardingStore;
  readonly sink: Sink;
  readonly metrics: ForwardMetrics;
  readonly log: ForwardLog;
}

export interface Forwarder {
  start(): void;
  /** Takes no more, and resolves when what is on its way has arrived or failed. */
  close(): Promise<void>;
}

/** Forwards dead letters to destinations outside. Any number of workers do so side by side. */
export function createForwarder({ store, sink, metrics, log }: ForwarderDependencies): Forwarder {
  const closing = new AbortController();
  const lanes = new Lanes(createSendBatch({ store, sink, metrics, log, closing: closing.signal }));
  let watches: Promise<void>[] = [];

  function wake(name: string, partition: number): DestinationKind | undefined {
    const destination = readable(name);
    if (!destination) return undefined;
    lanes.wake(name, destination, partition);
    return destination.kind;
  }

  /** No handshake lets another pass: one that is there all the same keeps nothing else from being forwarded. */
  function readable(name: string): OutsideDestination | undefined {
    try {
      const destination = parseDestination(name);
      return destination.kind === 'bucket' ? undefined : destination;
    } catch (error) {
      log.forwardingFailed(error);
      return undefined;
    }
  }

  async function survey(partition: number): Promise<void> {
    await store.removeForwarded(partition);
    const byKind = new Map<DestinationKind, Waiting>();
    for (const waiting of await store.waiting(partition)) {
      const kind = wake(waiting.destination, partition);
      if (kind) byKind.set(kind, together(waiting, byKind.get(kind)));
    }
    metrics.waiting(partition, byKind);
  }

  async function watch(partition: number): Promise<void> {
    for (let look = 0; !closing.signal.aborted; look++) {
      try {
        for (const name of await store.sort(partition)) wake(name, partition);
        if (look % SURVEY_EVERY_LOOKS === 0) await survey(partition);
      } catch (error) {
        log.forwardingFailed(error);
      }
      const pause = LOOK_EVERY_MS * (0.75 + Math.random() / 2);
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      watches = Array.from({ length: store.partitions }, (_, partition) => watch(partition));
    },

    async close() {
      closing.abort();
      await Promise.all([...watches, lanes.close()]);
      await sink.close();
    },
  };
}

function together({ count, oldestAgeMs }: Waiting, sum: Waiting = { count: 0, oldestAgeMs: 0 }): Waiting {
  return { count: sum.count + count, oldestAgeMs: Math.max(sum.oldestAgeMs, oldestAgeMs) };
}

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

/** Average pause between two looks for new dead letters, ms. */
const LOOK_EVERY_MS = 500;
/** Every tenth look counts the dead letters that wait, and so finds those that another worker left behind. */
const SURVEY_EVERY_LOOKS = 10;

export interface ForwarderDependencies {
  readonly store: ForwardingStore;
  readonly sink: Sink;
  readonly metrics: ForwardMetrics;
  readonly log: ForwardLog;
}

export interface Forwarder {
  start(): void;
  /** Takes no more dead letters; resolves when those that are being sent have arrived or failed. */
  close(): Promise<void>;
}

/** Forwards dead letters to destinations outside. Any number of workers may do so at the same time. */
export function createForwarder({ store, sink, metrics, log }: ForwarderDependencies): Forwarder {
  const closing = new AbortController();
  const lanes = new Lanes(createSendBatch({ store, sink, metrics, log, closing: closing.signal }));
  let watches: Promise<void>[] = [];

  function wake(name: string, partition: number): DestinationKind | undefined {
    const way = readable(name);
    if (!way) return undefined;
    lanes.wake({ name, ...way }, partition);
    return way.destination.kind;
  }

  /**
   * Undefined if the destination can't be parsed. A handshake refuses such a destination; if Redis holds one all the same,
   * the dead letters for other destinations are still forwarded.
   */
  function readable(name: string): { clientId: string; destination: OutsideDestination } | undefined {
    try {
      const { clientId, url } = partsOf(name);
      const destination = parseDestination(url);
      return destination.kind === 'bucket' ? undefined : { clientId, destination };
    } catch (error) {
      log.forwardingFailed(error);
      return undefined;
    }
  }

  async function survey(partition: number): Promise<void> {
    await store.removeForwarded(partition);
    const byKind = new Map<DestinationKind, Waiting>();
    for (const waiting of await store.waiting(partition)) {
      const kind = wake(waiting.queue, partition);
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

/** A queue is one client's for one destination: `<client id> <destination>`. Older releases left the client out. */
function partsOf(name: string): { clientId: string; url: string } {
  const space = name.indexOf(' ');
  return { clientId: name.slice(0, Math.max(0, space)), url: name.slice(space + 1) };
}

function together({ count, oldestAgeMs }: Waiting, sum: Waiting = { count: 0, oldestAgeMs: 0 }): Waiting {
  return { count: sum.count + count, oldestAgeMs: Math.max(sum.oldestAgeMs, oldestAgeMs) };
}

import type { OccurrenceStore } from '@boomerang/domain';
import type { WorkerMetrics } from './metrics.js';

/** The store, with a note of how many occurrences each claim and each settle carried, and each claim passed over. */
export function measureSizes(
  store: OccurrenceStore,
  metrics: Pick<WorkerMetrics, 'claimSize' | 'passedOver' | 'settleSize'>,
): OccurrenceStore {
  return {
    ...store,
    async claim(...args) {
      const reply = await store.claim(...args);
      if (reply.claimed.length > 0) metrics.claimSize(reply.claimed.length);
      metrics.passedOver(reply.passedOver);
      return reply;
    },
    async settle(partition, requests) {
      metrics.settleSize(requests.length);
      return store.settle(partition, requests);
    },
  };
}

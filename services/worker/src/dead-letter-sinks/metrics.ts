import type { DestinationKind, WaitingForwards } from '@boomerang/domain';
import { Counter, Gauge, type Registry } from 'prom-client';

/** How many dead letters wait to be forwarded, and how long the oldest has waited. */
export type Waiting = Pick<WaitingForwards, 'count' | 'oldestAgeMs'>;

export interface ForwardMetrics {
  forward(kind: DestinationKind, outcome: 'forwarded' | 'refused' | 'failed'): void;
  /** All dead letters of a partition that wait, by kind of destination. */
  waiting(partition: number, byKind: ReadonlyMap<DestinationKind, Waiting>): void;
}

const KINDS: readonly DestinationKind[] = ['webhook', 'nats', 'amqp', 'kafka'];

export function createForwardMetrics(registry: Registry): ForwardMetrics {
  const registers = [registry];
  const partitions = new Map<number, ReadonlyMap<DestinationKind, Waiting>>();
  const forwards = new Counter({
    name: 'boomerang_worker_forwards_total',
    help: 'Dead letters sent to destinations outside, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  new Gauge({
    name: 'boomerang_worker_unforwarded_dead_letters',
    help: 'Dead letters that their destination outside has not got yet, of all workers, by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const kind of KINDS) this.set({ kind }, sum(of(kind, ({ count }) => count)));
    },
  });
  new Gauge({
    name: 'boomerang_worker_oldest_unforwarded_seconds',
    help: 'Age of the oldest dead letter that its destination outside has not got yet, by kind; 0 = none.',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const kind of KINDS) {
        this.set({ kind }, Math.max(0, ...of(kind, ({ oldestAgeMs }) => oldestAgeMs)) / 1_000);
      }
    },
  });

  function of(kind: DestinationKind, pick: (waiting: Waiting) => number): number[] {
    return [...partitions.values()].map((byKind) => byKind.get(kind)).map((one) => (one ? pick(one) : 0));
  }

  return {
    forward: (kind, outcome) => forwards.inc({ kind, outcome }),
    waiting: (partition, byKind) => void partitions.set(partition, byKind),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import type { Look } from '@boomerang/domain';
import { Counter, Gauge, type Registry } from 'prom-client';

/** `look`: seen ahead; `wake`: announced at short notice; `handed_on`: held by a worker that stopped. */
export type TicketCause = 'look' | 'wake' | 'handed_on';

export interface SchedulerMetrics {
  /** @param look undefined when another scheduler looks after the partition. */
  looked(partition: number, look: Look | undefined): void;
  issued(cause: TicketCause, tickets: number): void;
  recovered(attempts: number): void;
}

export function createSchedulerMetrics(registry: Registry): SchedulerMetrics {
  const registers = [registry];
  const parked = new Gauge({
    name: 'boomerang_scheduler_parked_occurrences',
    help: 'Occurrences in the due indexes of the partitions that this scheduler looks after.',
    labelNames: ['partition'],
    registers,
  });
  const overdue = new Gauge({
    name: 'boomerang_scheduler_oldest_overdue_seconds',
    help: 'Time since the oldest slice with anything left in it began, per partition looked after; 0 = none.',
    labelNames: ['partition'],
    registers,
  });
  const issued = new Counter({
    name: 'boomerang_scheduler_tickets_total',
    help: 'Tickets issued, by what caused them; a ticket that existed already counts again.',
    labelNames: ['cause'],
    registers,
  });
  const recovered = new Counter({
    name: 'boomerang_scheduler_lost_attempts_total',
    help: 'Attempts whose lease ran out and that were put back to the due index.',
    registers,
  });
  return {
    looked(partition, look) {
      const label = { partition };
      if (!look) {
        parked.remove(label);
        overdue.remove(label);
        return;
      }
      const first = look.slices[0];
      parked.set(label, look.parked);
      overdue.set(label, first ? Math.max(0, look.nowMs - first.startMs) / 1_000 : 0);
    },
    issued: (cause, tickets) => issued.inc({ cause }, tickets),
    recovered: (attempts) => recovered.inc(attempts),
  };
}

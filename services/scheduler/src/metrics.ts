import type { DeadLetterCount, ExecutionCount, Look } from '@boomerang/domain';
import { createScriptHistogram, type ScriptObserver } from '@boomerang/runtime';
import { Counter, Gauge, type Registry } from 'prom-client';
import { workloadOf } from './autoscale.js';

/** `look`: seen ahead; `wake`: announced at short notice; `handed_on`: held by a worker that stopped. */
export type TicketCause = 'look' | 'wake' | 'handed_on';

export interface SchedulerMetrics {
  /** @param look undefined when another scheduler looks after the partition. */
  looked(partition: number, look: Look | undefined): void;
  counted(partition: number, deadLetters: DeadLetterCount, executions: ExecutionCount): void;
  swept(partition: number, names: number): void;
  /** Counts tasks by calendar that lacked times of next occurrences for more than a second. */
  lackedTimes(partition: number, tasks: number): void;
  issued(cause: TicketCause, tickets: number): void;
  recovered(attempts: number): void;
  lostExecutions(count: number): void;
  expiredExecutions(count: number): void;
  /** Counts how often a task was told that another one has ended that it waits for. */
  toldDependants(count: number): void;
  partitions(count: number): void;
  readonly redisScript: ScriptObserver;
}

export function createSchedulerMetrics(registry: Registry): SchedulerMetrics {
  const registers = [registry];
  const partitions = new Gauge({
    name: 'boomerang_scheduler_partitions',
    help: 'Partitions that there are.',
    registers,
  });
  const ofPartition = (name: string, help: string) =>
    new Gauge({ name: `boomerang_scheduler_${name}`, help, labelNames: ['partition'], registers });
  const parked = ofPartition('parked_occurrences', 'Occurrences that wait for their claim.');
  const overdueCount = ofPartition('overdue_occurrences', 'Occurrences that are due and not claimed.');
  const dueSoon = ofPartition(
    'due_within_minute_occurrences',
    'Occurrences that fall due within 60 s, the overdue not counted.',
  );
  const held = ofPartition('held_occurrences', 'Occurrences that are held because their tasks are paused.');
  const inFlight = ofPartition('in_flight_occurrences', 'Occurrences that are claimed and not settled.');
  const workload = ofPartition(
    'workload_tasks',
    'What workers are needed for within a minute, as /v1/autoscale adds it up.',
  );
  const overdue = ofPartition(
    'oldest_overdue_seconds',
    'Time since the oldest slice with anything left in it began; 0 = none.',
  );
  const deadLetters = ofPartition('dead_letters', 'Dead letters of all clients.');
  const oldestDeadLetter = ofPartition(
    'oldest_dead_letter_seconds',
    'Age of the oldest dead letter; 0 = none.',
  );
  const names = ofPartition('names', 'Idempotency keys that are kept, those of ended tasks included.');
  const lackingTimes = ofPartition(
    'tasks_lacking_times',
    'Tasks that recur by a calendar and have lacked times of next occurrences for more than a second.',
  );
  const ready = ofPartition('ready_executions', 'Executions that are due and wait for a daemon.');
  const oldestReady = ofPartition(
    'oldest_ready_execution_seconds',
    'For how long the longest waiting of the executions that are next in line has been due; 0 = none.',
  );
  const offered = ofPartition(
    'offered_executions',
    'Executions offered to a daemon that has not accepted yet.',
  );
  const running = ofPartition('running_executions', 'Executions that a daemon has accepted.');
  const waiting = ofPartition('waiting_tasks', 'Tasks that wait for other tasks.');
  const untold = ofPartition(
    'untold_tasks',
    'Tasks that have ended, without those that wait for them having been told yet.',
  );
  const ofExecutions = [ready, oldestReady, offered, running, waiting, untold];
  const ofWork = [parked, overdueCount, dueSoon, held, inFlight, workload, overdue];
  const gauges = [...ofWork, ...ofExecutions, deadLetters, oldestDeadLetter, names, lackingTimes];
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
  const lostExecutions = new Counter({
    name: 'boomerang_scheduler_lost_executions_total',
    help: 'Executions whose lease ran out; they are among the lost attempts.',
    registers,
  });
  const expiredExecutions = new Counter({
    name: 'boomerang_scheduler_expired_executions_total',
    help: 'Executions that no daemon began in the time that their tasks allow.',
    registers,
  });
  const toldDependants = new Counter({
    name: 'boomerang_scheduler_told_dependants_total',
    help: 'How often a task was told that another one has ended that it waits for.',
    registers,
  });
  const redisScript = createScriptHistogram('scheduler', registry);
  return {
    looked(partition, look) {
      const label = { partition };
      if (!look) {
        for (const gauge of gauges) gauge.remove(label);
        return;
      }
      const first = look.slices[0];
      const { workload: now } = look;
      parked.set(label, now.parked);
      overdueCount.set(label, now.overdue);
      dueSoon.set(label, now.dueWithinMinute);
      held.set(label, now.held);
      inFlight.set(label, now.inFlight);
      const reading = {
        backlog: now.overdue + now.inFlight,
        due_within_60s: now.dueWithinMinute,
        claimed_last_60s: now.claimedLastMinute,
      };
      workload.set(label, workloadOf(reading));
      overdue.set(label, first ? Math.max(0, look.nowMs - first.startMs) / 1_000 : 0);
    },
    counted(partition, { count, oldestAgeMs }, executions) {
      deadLetters.set({ partition }, count);
      oldestDeadLetter.set({ partition }, oldestAgeMs / 1_000);
      ready.set({ partition }, executions.ready);
      oldestReady.set({ partition }, executions.oldestReadyMs / 1_000);
      offered.set({ partition }, executions.offered);
      running.set({ partition }, executions.running);
      waiting.set({ partition }, executions.waiting);
      untold.set({ partition }, executions.untold);
    },
    swept: (partition, kept) => names.set({ partition }, kept),
    lackedTimes: (partition, tasks) => lackingTimes.set({ partition }, tasks),
    issued: (cause, tickets) => issued.inc({ cause }, tickets),
    recovered: (attempts) => recovered.inc(attempts),
    lostExecutions: (count) => lostExecutions.inc(count),
    expiredExecutions: (count) => expiredExecutions.inc(count),
    toldDependants: (count) => toldDependants.inc(count),
    partitions: (count) => partitions.set(count),
    redisScript,
  };
}

/** What the process tells of itself once a second, each summed over the partitions that it looks after. */
export const SUMMARY_GAUGES = {
  parked: 'boomerang_scheduler_parked_occurrences',
  overdue: 'boomerang_scheduler_overdue_occurrences',
  dueWithinMinute: 'boomerang_scheduler_due_within_minute_occurrences',
  inFlight: 'boomerang_scheduler_in_flight_occurrences',
  deadLetters: 'boomerang_scheduler_dead_letters',
  readyExecutions: 'boomerang_scheduler_ready_executions',
  runningExecutions: 'boomerang_scheduler_running_executions',
} as const;

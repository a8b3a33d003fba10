import type {
  ActivityCount,
  ActivityRecorder,
  CallbackProtocol,
  GiveBackReason,
  PassedOver,
  Settlement,
  TicketFlow,
} from '@boomerang/domain';
import { createScriptHistogram, type ScriptObserver } from '@boomerang/runtime';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createForwardMetrics, type ForwardMetrics } from './dead-letter-sinks/metrics.js';
import type { BreakerState } from './endpoints/circuit-breaker.js';

type Outcome = Settlement['kind'];

export interface WorkerMetrics extends ForwardMetrics {
  /** @param ms from an attempt's due time to the write of its request. */
  lateness(clientId: string, protocol: CallbackProtocol, ms: number): void;
  /** Counts a claimed occurrence. */
  claimed(): void;
  /** Counts a settled occurrence. */
  settled(clientId: string, outcome: Outcome, current: boolean): void;
  givenBack(reason: GiveBackReason): void;
  breaker(to: BreakerState, from: BreakerState): void;
  ticket(): void;
  /** @param occurrences at least 1. */
  claimSize(occurrences: number): void;
  passedOver(counts: PassedOver): void;
  settleSize(occurrences: number): void;
  /** Occurrences that were due were neglected, and are drained without a ticket. */
  neglected(flow: TicketFlow): void;
  readonly redisScript: ScriptObserver;
}

const LATENESS_BUCKETS = [
  0.001, 0.002, 0.003, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

const SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What an outcome counts as in the process's summary. */
const COUNTED_AS: Readonly<Record<Outcome, ActivityCount>> = {
  delivered: 'delivered',
  sent: 'delivered',
  stop: 'delivered',
  retry: 'retried',
  dead_letter: 'deadLettered',
  give_back: 'givenBack',
};

/** @param activity is told the same by client. */
export function createWorkerMetrics(
  registry: Registry,
  slots: number,
  activity: ActivityRecorder,
): WorkerMetrics {
  const registers = [registry];
  const lateness = new Histogram({
    name: 'boomerang_worker_lateness_seconds',
    help: 'From the time an attempt was due to the write of its request, by protocol.',
    labelNames: ['protocol'],
    buckets: LATENESS_BUCKETS,
    registers,
  });
  const claimed = new Counter({
    name: 'boomerang_worker_claimed_occurrences_total',
    help: 'Occurrences claimed.',
    registers,
  });
  const passedOver = new Counter({
    name: 'boomerang_worker_passed_over_occurrences_total',
    help: 'Occurrences that were due and will not be delivered, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const settled = new Counter({
    name: 'boomerang_worker_settled_attempts_total',
    help: 'Attempts settled, by outcome; "stale" when the attempt had been cancelled or its lease was lost.',
    labelNames: ['outcome'],
    registers,
  });
  const givenBack = new Counter({
    name: 'boomerang_worker_given_back_total',
    help: 'Claimed occurrences given back to the due index without an attempt, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const tickets = new Counter({
    name: 'boomerang_worker_tickets_total',
    help: 'Tickets taken.',
    registers,
  });
  const neglected = new Counter({
    name: 'boomerang_worker_neglected_total',
    help: 'Times that something due was claimed by nobody and drained without a ticket, by how tickets came in.',
    labelNames: ['flow'],
    registers,
  });
  const breakersOpen = new Gauge({
    name: 'boomerang_worker_breakers_open',
    help: 'Circuit breakers, one per client and endpoint, that are not closed: what is due there is held back.',
    registers,
  });
  const transitions = new Counter({
    name: 'boomerang_worker_breaker_transitions_total',
    help: 'Changes of circuit breakers, by the state that they changed to.',
    labelNames: ['to'],
    registers,
  });
  const claimSize = new Histogram({
    name: 'boomerang_worker_claim_size',
    help: 'Occurrences that a claim took, of claims that took any.',
    buckets: SIZE_BUCKETS,
    registers,
  });
  const settleSize = new Histogram({
    name: 'boomerang_worker_settle_size',
    help: 'Outcomes that were recorded at once.',
    buckets: SIZE_BUCKETS,
    registers,
  });
  const inFlight = new Gauge({
    name: 'boomerang_worker_in_flight_occurrences',
    help: 'Occurrences claimed and not settled yet; each holds a delivery slot.',
    registers,
  });
  new Gauge({ name: 'boomerang_worker_slots', help: 'Delivery slots.', registers }).set(slots);
  return {
    ...createForwardMetrics(registry),
    lateness(clientId, protocol, ms) {
      lateness.observe({ protocol }, ms / 1_000);
      activity.attempted(clientId, protocol, ms);
    },
    passedOver({ expired, expiredDeadLetters, missed, overlapping }) {
      passedOver.inc({ reason: 'expired' }, expired);
      passedOver.inc({ reason: 'expired_dead_letter' }, expiredDeadLetters);
      passedOver.inc({ reason: 'missed' }, missed);
      passedOver.inc({ reason: 'overlap' }, overlapping);
    },
    claimed() {
      claimed.inc();
      inFlight.inc();
    },
    settled(clientId, outcome, current) {
      activity.count(clientId, current ? COUNTED_AS[outcome] : 'stale');
      settled.inc({ outcome: current ? outcome : 'stale' });
      inFlight.dec();
    },
    givenBack: (reason) => givenBack.inc({ reason }),
    breaker(to, from) {
      transitions.inc({ to });
      breakersOpen.inc(Number(from === 'closed') - Number(to === 'closed'));
    },
    ticket: () => tickets.inc(),
    claimSize: (occurrences) => claimSize.observe(occurrences),
    settleSize: (occurrences) => settleSize.observe(occurrences),
    neglected: (flow) => neglected.inc({ flow }),
    redisScript: createScriptHistogram('worker', registry),
  };
}

/** What the process tells of itself once a second. */
export const SUMMARY_GAUGES = {
  slots: 'boomerang_worker_slots',
  slotsInUse: 'boomerang_worker_in_flight_occurrences',
  breakersOpen: 'boomerang_worker_breakers_open',
} as const;

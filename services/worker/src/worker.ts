import type {
  CalendarStore,
  ClaimedOccurrence,
  HeldEndpoint,
  OccurrenceStore,
  ServerClock,
  Ticket,
  TicketConsumer,
  TicketSource,
} from '@boomerang/domain';
import { type Check, Progress } from '@boomerang/runtime';
import { createDeliver } from './delivery/deliver.js';
import { DueTimer } from './delivery/due-timer.js';
import { LeaseKeeper } from './delivery/lease-keeper.js';
import { type Settled, SettleQueue } from './delivery/settle-queue.js';
import type { SigningKeys } from './delivery/signing-keys.js';
import { CalendarTimes } from './draining/calendar-times.js';
import { NeglectWatch } from './draining/neglect-watch.js';
import { PartitionDrainer } from './draining/partition-drainer.js';
import { Slots } from './draining/slots.js';
import type { BreakerState } from './endpoints/circuit-breaker.js';
import { type ClientOrigin, EndpointLimits } from './endpoints/endpoint-limits.js';
import type { WorkerLog } from './log.js';
import { measureSizes } from './measure-sizes.js';
import type { WorkerMetrics } from './metrics.js';
import type { Transport } from './transports/transport.js';

export interface WorkerStores {
  readonly occurrences: OccurrenceStore;
  readonly calendars: CalendarStore;
  readonly tickets: TicketSource;
  /** One for each partition. */
  readonly clocks: readonly ServerClock[];
  /** Whether Redis serves somebody who connects anew. */
  readonly serves: () => Promise<boolean>;
}

export interface WorkerDependencies {
  readonly stores: WorkerStores;
  readonly transport: Transport;
  readonly signingKeys: SigningKeys;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly settings: {
    readonly sliceMs: number;
    readonly leaseMs: number;
    readonly slots: number;
    readonly endpointSlots: number;
  };
}

export interface Worker {
  start(): Promise<void>;
  /** Claims no more, gives back occurrences that wait, and resolves when all attempts that were begun are settled. */
  close(): Promise<void>;
  readonly live: Check;
  /** Endpoints whose circuit breaker is not closed. */
  heldEndpoints(): HeldEndpoint[];
}

/** Seconds without an answer from Redis, although it serves others. */
const SILENCE_LIMIT_S = 15;

/** Drains the slices that its tickets name: claims, fires each occurrence at its millisecond, settles. */
export function createWorker(deps: WorkerDependencies): Worker {
  const { stores, transport, signingKeys, metrics, log, settings } = deps;
  const { clocks } = stores;
  const store = measureSizes(stores.occurrences, metrics);
  const slots = new Slots(settings.slots);
  const endpoints = new EndpointLimits({
    workerSlots: slots.total,
    endpointSlots: settings.endpointSlots,
    freeSlots: () => slots.total - slots.inUse,
    onBreaker,
  });
  const calendarTimes = new CalendarTimes({ store: stores.calendars, clocks, log });
  const leases = new LeaseKeeper(store, settings.leaseMs, log);
  const settleQueues = clocks.map((_, partition) => new SettleQueue(partition, store, onSettled, log));
  const deliver = createDeliver({
    clocks,
    timers: clocks.map((clock) => new DueTimer(clock)),
    endpoints,
    signingKeys,
    transport,
    metrics,
    log,
    settle: (occurrence, settlement) => settleQueues[occurrence.partition]?.add(occurrence, settlement),
  });
  const drainers = clocks.map((clock, partition) => {
    const { sliceMs } = settings;
    return new PartitionDrainer({ partition, sliceMs, store, clock, slots, accept, log });
  });
  const progress = new Progress({
    what: 'answer about partition',
    count: clocks.length,
    limitS: SILENCE_LIMIT_S,
    possible: stores.serves,
  });
  let consumer: TicketConsumer | undefined;
  let watches: readonly NeglectWatch[] = [];
  const ends: (() => void)[] = [];
  const held = new Map<string, HeldEndpoint>();

  function accept(occurrence: ClaimedOccurrence): void {
    metrics.claimed();
    leases.hold(occurrence);
    calendarTimes.claimed(occurrence);
    deliver(occurrence);
  }

  function onSettled({ request: { occurrence, settlement }, current }: Settled): void {
    leases.release(occurrence);
    slots.release(occurrence.clientId);
    metrics.settled(occurrence.clientId, settlement.kind, current);
    const { taskId, attempt } = occurrence;
    if (!current) log.settledTooLate(taskId, occurrence.occurrence, attempt);
    else if (settlement.kind === 'dead_letter') {
      log.deadLettered(taskId, occurrence.occurrence, attempt, settlement.failure.error);
    }
  }

  function onBreaker(at: ClientOrigin, to: BreakerState, from: BreakerState): void {
    metrics.breaker(to, from);
    const name = `${at.clientId} ${at.origin}`;
    if (to === 'closed') held.delete(name);
    else held.set(name, { clientId: at.clientId, endpoint: at.origin });
    if (to === 'closed') log.breakerClosed(at);
    else if (from === 'closed') log.breakerOpened(at);
  }

  async function handle(ticket: Ticket): Promise<void> {
    metrics.ticket();
    watches[ticket.partition]?.taken();
    await drainers[ticket.partition]?.drain(ticket);
  }

  function watchPartitions(consumer: TicketConsumer): NeglectWatch[] {
    return drainers.map((drainer, partition) => {
      const watch = new NeglectWatch({
        partition,
        store,
        consumer,
        drainUntil: (endMs) => drainer.drainUntil(endMs),
        busy: () => drainer.holdsTicket || slots.inUse === slots.total,
        onAnswer: () => progress.made(partition),
        metrics,
        log,
      });
      watch.start();
      return watch;
    });
  }

  /** To be called once this worker takes no more tickets: earlier it could take itself a ticket that it hands on. */
  async function handOnTickets(): Promise<void> {
    const tickets = drainers.flatMap((drainer) => drainer.unfinished());
    await Promise.all(tickets.map((ticket) => store.handOn(ticket))).catch(log.handOnFailed);
  }

  return {
    async start() {
      leases.start();
      ends.push(store.onWake((partition, dueMs) => drainers[partition]?.wake(dueMs)));
      ends.push(store.onCancelled((taskId) => leases.revoke(taskId)));
      consumer = await stores.tickets.consume(handle);
      watches = watchPartitions(consumer);
      progress.start();
    },

    async close() {
      for (const watch of watches) watch.stop();
      progress.stop();
      const ticketsClosed = consumer?.close();
      for (const drainer of drainers) drainer.stop();
      await ticketsClosed;
      await handOnTickets();
      endpoints.giveUpWaiting();
      await slots.idle();
      leases.stop();
      for (const end of ends) end();
      await transport.close();
    },

    heldEndpoints: () => [...held.values()],

    live: () => watches.map(({ stuck }) => stuck).find(Boolean) ?? progress.check(),
  };
}

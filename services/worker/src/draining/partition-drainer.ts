import type { ClaimedOccurrence, OccurrenceStore, ServerClock, Ticket } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';
import { beatAfter, beatBefore } from './pulse.js';
import { Sleeper } from './sleeper.js';
import type { Offer, Slots } from './slots.js';

/**
 * The rhythm of claims, in ms. A claim is made on the last beat that is `margin` before the next occurrence is due, and
 * takes what falls due within `ahead`. There is one claim in a beat, unless the first one was cut short by its limit. With
 * nothing in sight the drainer looks again after `recheck`, in case a wake-up was lost.
 *
 * Under load replies are slow, and what they bring would be late. So `margin` is longer by the time that claims take, up to
 * `mostDelay`, and `ahead` by twice that: until the reply of the next claim.
 */
const RHYTHM = { ahead: 20, margin: 6, mostDelay: 50, recheck: 96, afterError: 100 };
/** The slowest claim counts for this much less with each claim after it. */
const DECAY = 0.95;
const MOST_PER_CLAIM = 256;

export interface DrainerDependencies {
  readonly partition: number;
  readonly sliceMs: number;
  readonly store: OccurrenceStore;
  readonly clock: ServerClock;
  readonly slots: Slots;
  /** Takes over a claimed occurrence and its slot. */
  readonly accept: (occurrence: ClaimedOccurrence) => void;
  readonly log: WorkerLog;
}

interface HeldTicket {
  /** Undefined while draining without a ticket. */
  readonly ticket: Ticket | undefined;
  readonly sliceEndMs: number;
  readonly release: () => void;
}

/**
 * Drains the slices of one partition that this worker holds tickets of. All tickets share one series of claims, so there is
 * no gap between neighbouring slices. A ticket is done when its slice has passed and no due occurrence of it is left.
 */
export class PartitionDrainer {
  readonly #tickets = new Set<HeldTicket>();
  readonly #unfinished: Ticket[] = [];
  readonly #sleeper = new Sleeper();
  #running = false;
  #stopped = false;
  #claimedAt = 0;
  /** How long claims take at present, ms. */
  #delay = 0;

  constructor(private readonly deps: DrainerDependencies) {}

  /** Resolves when the ticket's slice is drained or the drainer is stopped. */
  drain(ticket: Ticket): Promise<void> {
    if (this.#stopped) {
      this.#unfinished.push(ticket);
      return Promise.resolve();
    }
    return new Promise((release) => {
      this.#hold({ ticket, sliceEndMs: ticket.sliceStartMs + this.deps.sliceMs, release });
    });
  }

  /** Drains without a ticket what falls due before `endMs` (Unix epoch ms). */
  drainUntil(endMs: number): void {
    if (this.#stopped) return;
    for (const held of this.#tickets) if (!held.ticket) this.#tickets.delete(held);
    this.#hold({ ticket: undefined, sliceEndMs: endMs, release: () => undefined });
  }

  /** Whether it drains because of a ticket. */
  get holdsTicket(): boolean {
    return [...this.#tickets].some(({ ticket }) => ticket !== undefined);
  }

  /** To be called when an occurrence was announced that is due at `dueMs`. */
  wake(dueMs: number): void {
    const claimAt = this.#monotonic(dueMs) - this.#margin;
    this.#sleeper.noLaterThan(Math.max(beatAfter(this.#claimedAt), claimAt));
  }

  /** Claims no more and releases its tickets. */
  stop(): void {
    this.#stopped = true;
    for (const { ticket, release } of this.#tickets) {
      if (ticket) this.#unfinished.push(ticket);
      release();
    }
    this.#tickets.clear();
    this.#sleeper.noLaterThan(0);
  }

  /** Tickets whose slices were not drained when the drainer was stopped, one of each slice. */
  unfinished(): Ticket[] {
    return [...new Map(this.#unfinished.map((ticket) => [ticket.sliceStartMs, ticket])).values()];
  }

  #hold(ticket: HeldTicket): void {
    this.#tickets.add(ticket);
    this.#sleeper.noLaterThan(beatAfter(this.#claimedAt));
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#tickets.size > 0) {
      const offer = this.deps.slots.take(MOST_PER_CLAIM);
      if (offer.limit > 0) await this.#claim(offer);
      else await this.deps.slots.released();
    }
    this.#running = false;
  }

  async #claim(offer: Offer): Promise<void> {
    const { store, partition, slots, accept, log } = this.deps;
    const { limit, atMost } = offer;
    this.#claimedAt = performance.now();
    const reply = await store
      .claim(partition, limit, Math.ceil(RHYTHM.ahead + 2 * this.#delay), atMost)
      .catch((error: unknown) => {
        log.claimFailed(partition, error);
        return undefined;
      });
    this.#delay = Math.min(
      RHYTHM.mostDelay,
      Math.max(this.#delay * DECAY, performance.now() - this.#claimedAt),
    );
    slots.close(offer, reply?.claimed ?? []);
    if (!reply) {
      await this.#sleeper.sleepUntil(this.#claimedAt + RHYTHM.afterError);
      return;
    }
    for (const occurrence of reply.claimed) accept(occurrence);
    if (reply.claimed.length === limit) return;
    this.#finishTickets(reply.nowMs, reply.nextDueMs);
    if (this.#tickets.size > 0) await this.#sleeper.sleepUntil(this.#nextClaimAt(reply.nextDueMs));
  }

  #finishTickets(nowMs: number, nextDueMs: number): void {
    for (const ticket of this.#tickets) {
      if (ticket.sliceEndMs > nowMs || nextDueMs < ticket.sliceEndMs) continue;
      this.#tickets.delete(ticket);
      ticket.release();
    }
  }

  #nextClaimAt(nextDueMs: number): number {
    const sliceEnd = Math.min(...[...this.#tickets].map(({ sliceEndMs }) => sliceEndMs));
    const wanted = Math.min(
      beatBefore(this.#monotonic(nextDueMs) - this.#margin),
      beatAfter(this.#monotonic(sliceEnd)),
      beatBefore(this.#claimedAt + RHYTHM.recheck),
    );
    return Math.max(beatAfter(this.#claimedAt), wanted);
  }

  get #margin(): number {
    return RHYTHM.margin + this.#delay;
  }

  #monotonic(serverMs: number): number {
    return performance.now() + serverMs - this.deps.clock.now();
  }
}

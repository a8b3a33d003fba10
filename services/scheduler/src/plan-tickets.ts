import type { BusySlice, Look, Ticket } from '@boomerang/domain';

export interface PlanSettings {
  readonly sliceMs: number;
  /** How long before its slice begins a ticket is handed out, ms. */
  readonly leadMs: number;
}

export interface PlannedTicket {
  readonly ticket: Ticket;
  readonly delayMs: number;
}

/** A slice gets one ticket per this many occurrences, so that several workers drain a heavy one. */
const OCCURRENCES_PER_TICKET = 1_000;
const MOST_TICKETS_PER_SLICE = 8;
/** Pause before a ticket is issued again, ms. A ticket that exists is not enqueued twice: only a lost one is replaced. */
const ISSUE_AGAIN_AFTER_MS = 1_000;
/** Without a claim for this long a slice counts as not drained, ms. A drainer claims several times as often. */
const SILENCE_MS = 250;
/** A repair ticket has one of a few generations in turn, so that no more than these pile up while no worker takes them. */
const REPAIR_EVERY_MS = 2_000;
const REPAIR_GENERATIONS = 4;

interface Issued {
  count: number;
  atMs: number;
}

/** Which tickets of one partition are to be issued, given what was seen and what was issued before. */
export class TicketPlan {
  readonly #issued = new Map<number, Issued>();

  constructor(
    private readonly partition: number,
    private readonly settings: PlanSettings,
  ) {}

  /** Tickets for the slices that a look ahead has found, and one at once for a slice that should be drained and is not. */
  afterLook({ nowMs, slices, lastClaimMs }: Look): PlannedTicket[] {
    this.#forgetDrained(nowMs, slices);
    const planned = slices.flatMap(({ startMs, count }) => {
      const wanted = Math.min(Math.ceil(count / OCCURRENCES_PER_TICKET), MOST_TICKETS_PER_SLICE);
      return this.#issue(startMs, wanted, nowMs);
    });
    const first = slices[0];
    // Redis's clock may have been set back since.
    const nobodyDrains = Math.abs(nowMs - lastClaimMs) > SILENCE_MS;
    if (first && nobodyDrains && first.startMs - this.settings.leadMs / 2 <= nowMs) {
      const generation = `repair-${Math.floor(nowMs / REPAIR_EVERY_MS) % REPAIR_GENERATIONS}`;
      planned.push({ ticket: this.#ticket(first.startMs, generation), delayMs: 0 });
    }
    return planned;
  }

  /** A ticket for the slice of `dueMs`, unless it has just got one. */
  afterWake(dueMs: number, nowMs: number): PlannedTicket[] {
    return this.#issue(dueMs - (dueMs % this.settings.sliceMs), 1, nowMs);
  }

  /** Has tickets that could not be issued planned again at the next look. */
  forget(planned: readonly PlannedTicket[]): void {
    for (const { ticket } of planned) this.#issued.delete(ticket.sliceStartMs);
  }

  #issue(startMs: number, wanted: number, nowMs: number): PlannedTicket[] {
    const before = this.#issued.get(startMs);
    const fresh = before !== undefined && nowMs - before.atMs < ISSUE_AGAIN_AFTER_MS;
    if (fresh && before.count >= wanted) return [];
    this.#issued.set(startMs, { count: Math.max(wanted, before?.count ?? 0), atMs: nowMs });
    const delayMs = Math.max(0, startMs - this.settings.leadMs - nowMs);
    return Array.from({ length: wanted }, (_, n) => ({ ticket: this.#ticket(startMs, String(n)), delayMs }));
  }

  #ticket(sliceStartMs: number, generation: string): Ticket {
    return { partition: this.partition, sliceStartMs, generation };
  }

  #forgetDrained(nowMs: number, slices: readonly BusySlice[]): void {
    const busy = new Set(slices.map(({ startMs }) => startMs));
    for (const startMs of this.#issued.keys()) {
      if (startMs + this.settings.sliceMs < nowMs && !busy.has(startMs)) this.#issued.delete(startMs);
    }
  }
}

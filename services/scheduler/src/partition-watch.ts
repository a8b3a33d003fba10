import type { ServerClock, SliceStore, Ticket, TicketQueue } from '@boomerang/domain';
import { CalendarSweeper, type CalendarSweeperDependencies } from './calendar-sweeper.js';
import { DependencySweeper, type DependencySweeperDependencies } from './dependency-sweeper.js';
import type { SchedulerLog } from './log.js';
import type { SchedulerMetrics, TicketCause } from './metrics.js';
import { NameSweeper, type NameSweeperDependencies } from './name-sweeper.js';
import { type PlannedTicket, type PlanSettings, TicketPlan } from './plan-tickets.js';
import { RenewalGrace } from './renewal-grace.js';

export interface WatchDependencies
  extends NameSweeperDependencies,
    CalendarSweeperDependencies,
    DependencySweeperDependencies {
  readonly store: SliceStore;
  readonly queue: TicketQueue;
  /** One for each partition. */
  readonly clocks: readonly ServerClock[];
  readonly metrics: SchedulerMetrics;
  readonly log: SchedulerLog;
  /** Called whenever Redis has answered a look. */
  readonly onLooked: (partition: number) => void;
  readonly settings: PlanSettings & { readonly lookEveryMs: number };
}

/** Attempts whose lease ran out are looked for at every this many looks. */
const LOOKS_PER_RECOVERY = 2;
/** Tasks that lack times of next occurrences are looked for at every this many looks. */
const LOOKS_PER_TIMES = 2;
/** Tasks that wait for others are told what became of those at every this many looks, in case that a message was lost. */
const LOOKS_PER_TELLING = 2;
/** Dead letters and executions are counted at every this many looks. */
const LOOKS_PER_COUNT = 20;
/** Names are checked at every this many looks. */
const LOOKS_PER_SWEEP = 20;

/**
 * Watches one partition: looks ahead at a steady rhythm and issues tickets for what it sees, puts lost attempts back,
 * and issues a ticket at once for what is announced at short notice. Whatever fails is tried again at the next look.
 */
export class PartitionWatch {
  readonly #plan: TicketPlan;
  readonly #grace: RenewalGrace;
  readonly #sweeper: NameSweeper;
  readonly #calendars: CalendarSweeper;
  readonly #dependencies: DependencySweeper;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  /** Whether this scheduler looks after the partition, as of its last look. */
  #isHeld = false;
  #closed = false;
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly partition: number,
    private readonly deps: WatchDependencies,
  ) {
    this.#plan = new TicketPlan(partition, deps.settings);
    this.#grace = new RenewalGrace(deps.settings.lookEveryMs);
    this.#sweeper = new NameSweeper(partition, deps);
    this.#calendars = new CalendarSweeper(partition, deps);
    this.#dependencies = new DependencySweeper(partition, deps);
  }

  /** Looks fall on the same beat for all partitions, so that they travel to Redis together. */
  start(): void {
    const { lookEveryMs } = this.deps.settings;
    const next = () => {
      if (this.#closed) return;
      this.#underWay = this.#look().finally(() => {
        this.#timer = setTimeout(next, lookEveryMs - (performance.now() % lookEveryMs));
      });
    };
    next();
  }

  /** Before the first look the time is not known; that look sees the occurrence as well. */
  wake(dueMs: number): void {
    const now = this.deps.clocks[this.partition]?.now() ?? Number.NaN;
    if (!Number.isNaN(now)) void this.#issue(this.#plan.afterWake(dueMs, now), 'wake');
  }

  /** Issues a ticket in place of one that a stopping worker can't finish. */
  reissue(ticket: Ticket): void {
    void this.#issue([{ ticket, delayMs: 0 }], 'handed_on');
  }

  /** A task has ended that others wait for. */
  tellDependants(): void {
    if (this.#isHeld) this.#dependencies.wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#underWay;
    clearTimeout(this.#timer);
    await Promise.all([this.#sweeper.close(), this.#calendars.close(), this.#dependencies.close()]);
  }

  async #look(): Promise<void> {
    const { store, metrics, log } = this.deps;
    try {
      const look = await store.look(this.partition);
      this.#grace.answered();
      metrics.looked(this.partition, look);
      this.deps.onLooked(this.partition);
      this.#isHeld = look !== undefined;
      if (!look) return;
      const looks = this.#looks++;
      if (looks % LOOKS_PER_RECOVERY === 0 && this.#grace.isOver()) await this.#recover(look.nowMs);
      await this.#issue(this.#plan.afterLook(look), 'look');
      if (looks % LOOKS_PER_TELLING === 0) this.#dependencies.sweep();
      if (looks % LOOKS_PER_TIMES === 0) this.#calendars.sweep();
      if (looks % LOOKS_PER_SWEEP === 0) this.#sweeper.sweep();
      if (looks % LOOKS_PER_COUNT === 0) await this.#count();
    } catch (error) {
      log.lookFailed(this.partition, error);
    }
  }

  async #recover(lookedAtMs: number): Promise<void> {
    const lost = await this.deps.store.recoverLost(this.partition, lookedAtMs);
    if (lost === 0) return;
    this.deps.metrics.recovered(lost);
    this.deps.log.recovered(this.partition, lost);
  }

  async #count(): Promise<void> {
    const { store, metrics } = this.deps;
    metrics.counted(
      this.partition,
      await store.countDeadLetters(this.partition),
      await store.countExecutions(this.partition),
    );
  }

  async #issue(planned: readonly PlannedTicket[], cause: TicketCause): Promise<void> {
    if (planned.length === 0) return;
    try {
      await this.deps.queue.issue(this.partition, planned);
      this.deps.metrics.issued(cause, planned.length);
    } catch (error) {
      this.#plan.forget(planned);
      this.deps.log.issueFailed(this.partition, planned.length, error);
    }
  }
}

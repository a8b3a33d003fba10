import { nextTimes } from '@boomerang/calendar';
import type { CalendarStore, ClaimedOccurrence, LaterTimes, ServerClock } from '@boomerang/domain';
import type { WorkerLog } from '../log.js';

/** How many times a record has room for. */
const TIMES = 3;

export interface CalendarTimesDependencies {
  readonly store: Pick<CalendarStore, 'addTimes'>;
  /** One for each partition. */
  readonly clocks: readonly ServerClock[];
  readonly log: Pick<WorkerLog, 'timesNotAdded'>;
}

/**
 * Adds times of next occurrences to tasks that recur by a calendar, as soon as an occurrence was claimed. If this fails, or
 * the process dies before, schedulers do it.
 */
export class CalendarTimes {
  readonly #waiting = new Map<number, LaterTimes[]>();

  constructor(private readonly deps: CalendarTimesDependencies) {}

  claimed(occurrence: ClaimedOccurrence): void {
    if (!occurrence.calendar) return;
    try {
      this.#add(occurrence.partition, { taskId: occurrence.taskId, timesMs: this.#timesBehind(occurrence) });
    } catch (error) {
      this.deps.log.timesNotAdded(occurrence.partition, error);
    }
  }

  #timesBehind({ partition, calendar, scheduledTimeMs }: ClaimedOccurrence): number[] {
    const now = this.deps.clocks[partition]?.now() ?? Number.NaN;
    const afterMs = Number.isNaN(now) ? scheduledTimeMs : Math.max(scheduledTimeMs, now);
    return calendar ? nextTimes(calendar, afterMs, TIMES) : [];
  }

  /** Times for occurrences that were claimed together are added together. */
  #add(partition: number, times: LaterTimes): void {
    const waiting = this.#waiting.get(partition);
    if (waiting) {
      waiting.push(times);
      return;
    }
    this.#waiting.set(partition, [times]);
    setImmediate(() => void this.#write(partition));
  }

  async #write(partition: number): Promise<void> {
    const additions = this.#waiting.get(partition) ?? [];
    this.#waiting.delete(partition);
    try {
      await this.deps.store.addTimes(partition, additions);
    } catch (error) {
      this.deps.log.timesNotAdded(partition, error);
    }
  }
}

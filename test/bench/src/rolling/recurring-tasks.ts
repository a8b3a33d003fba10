import type { Registration } from '@boomerang/client';
import { encodeMarker, monotonicMs } from '../processes/marker.js';
import type { ReconnectingSession } from './reconnecting-session.js';

export const INTERVAL_MS = 1_000;
const COUNT = 20;
/** Above the runs of phases. */
const FIRST_RUN = 1_000;

/** Tasks that recur through all phases; each is a run whose indices are its occurrences. */
export class RecurringTasks {
  readonly runs = Array.from({ length: COUNT }, (_, i) => FIRST_RUN + i);
  #registered: Registration[] = [];

  constructor(private readonly reconnecting: ReconnectingSession) {}

  async register(): Promise<void> {
    const session = await this.reconnecting.current();
    this.#registered = await Promise.all(
      this.runs.map((run) =>
        session.setInterval(encodeMarker({ run, index: 0, sentAt: monotonicMs() }, 16), INTERVAL_MS),
      ),
    );
  }

  /** Ends them; how many occurrences of each have to have arrived by then. One that is under way may yet come. */
  async cancel(redisNowMs: number): Promise<number[]> {
    const session = await this.reconnecting.current();
    await Promise.all(this.#registered.map(({ taskId }) => session.cancel(taskId)));
    return this.#registered.map(({ scheduledTimeMs }) =>
      Math.floor((redisNowMs - scheduledTimeMs) / INTERVAL_MS),
    );
  }
}

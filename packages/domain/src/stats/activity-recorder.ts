import type { CallbackProtocol } from '../policy/callback.js';
import { type Activity, type ActivityCount, mergeActivity, noActivity } from './activity.js';
import { addLateness } from './lateness-histogram.js';

/** Clients that are told apart in one summary: the busiest ones. */
export const MOST_CLIENTS = 20;

export interface RecordedActivity {
  /** Of all clients. */
  readonly all: Activity;
  readonly clients: ReadonlyMap<string, Activity>;
  /** Whether more clients were active than are told apart. */
  readonly clientsLeftOut: boolean;
}

/** Counts what one process does, until it is taken. */
export class ActivityRecorder {
  #clients = new Map<string, Activity>();

  count(clientId: string, name: ActivityCount, by = 1): void {
    this.#of(clientId).counts[name] += by;
  }

  /** @param lateMs from the time an attempt was due to the write of its request. */
  attempted(clientId: string, protocol: CallbackProtocol, lateMs: number): void {
    const { counts, lateness } = this.#of(clientId);
    counts[protocol.toLowerCase() as Lowercase<CallbackProtocol>] += 1;
    addLateness(lateness, lateMs);
  }

  /** What was counted since it was last called. */
  take(): RecordedActivity {
    const all = noActivity();
    const taken = [...this.#clients];
    this.#clients = new Map();
    for (const [, activity] of taken) mergeActivity(all, activity);
    const busiest = taken.sort(([, a], [, b]) => sum(b) - sum(a)).slice(0, MOST_CLIENTS);
    return { all, clients: new Map(busiest), clientsLeftOut: taken.length > MOST_CLIENTS };
  }

  #of(clientId: string): Activity {
    const known = this.#clients.get(clientId);
    if (known) return known;
    const activity = noActivity();
    this.#clients.set(clientId, activity);
    return activity;
  }
}

function sum({ counts }: Activity): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

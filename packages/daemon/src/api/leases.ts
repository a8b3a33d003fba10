import { bootNowMs } from '../guard/boot-clock.js';
import type { LiveRun, Runs } from '../runs/runs.js';
import type { ApiLink } from './api-link.js';

const LOOK_EVERY_MS = 50;
/** A lease is renewed when a third of it has passed, or so much, ms. */
const MOST_BETWEEN_MS = 10_000;

/**
 * Renews the leases of what runs. A lease counts from when its heartbeat was sent, and only once the API has confirmed it: what
 * the guard is told is never later than what the API holds it for.
 */
export class Leases {
  readonly #sentMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: Runs,
    private readonly link: ApiLink,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** A new stream: nothing that was sent on the one before can be confirmed any more. */
  restart(): void {
    this.#sentMs.clear();
    this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = bootNowMs();
    for (const { engineRun } of this.runs.live) engineRun.enforceLease(nowMs);
    if (!this.link.isUp) return;
    const due = this.runs.live.filter(({ record: { assignment } }) => {
      if (!assignment) return false;
      const everyMs = Math.min(MOST_BETWEEN_MS, assignment.leaseMs / 3);
      return nowMs - (this.#sentMs.get(assignment.token) ?? 0) >= everyMs;
    });
    if (due.length > 0) void this.#renew(due, nowMs).catch(() => undefined);
  }

  async #renew(due: readonly LiveRun[], nowMs: number): Promise<void> {
    const beats = due.map(({ record }) => {
      const token = record.assignment?.token ?? '';
      this.#sentMs.set(token, nowMs);
      return { type: 'task.heartbeat', data: { token } };
    });
    const refusals = await this.link.ask(beats);
    // Which of them wasn't renewed isn't told: none counts, and the next look tries again.
    if (refusals.length > 0) for (const { data } of beats) this.#sentMs.delete(data.token);
    else for (const { engineRun, record } of due) engineRun.extend(nowMs + (record.assignment?.leaseMs ?? 0));
    const live = new Set(this.runs.live.map(({ record }) => record.assignment?.token));
    for (const token of this.#sentMs.keys()) if (!live.has(token)) this.#sentMs.delete(token);
  }
}

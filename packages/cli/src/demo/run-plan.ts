import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connection,
  type HttpVerdict,
  openSession,
  type ReceivedCallback,
  type Session,
} from '@boomerang/client';
import type { Arrivals } from './arrivals.js';
import type { Reporter } from './reporter.js';
import { type PlannedTask, type SessionName, sessions } from './task-plan.js';

export interface RunPlanOptions {
  readonly plan: readonly PlannedTask[];
  readonly arrivals: Arrivals;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** How long the expected callbacks may take, from the first registration. */
const LIMIT_MS = 20_000;
/** How long no callback may arrive after that. It is longer than every interval, retry and slow answer. */
const QUIET_MS = 2_000;

/** Registers the tasks of a plan, answers their callbacks, and cancels those that the plan cancels. */
export class PlanRun {
  readonly taskIds = new Map<string, string>();
  readonly #cancels: Promise<void>[] = [];
  readonly #opened = new Map<SessionName, Session>();

  constructor(private readonly options: RunPlanOptions) {}

  async openSessions(connection: Connection, token: string, endpoint: string): Promise<void> {
    for (const name of Object.keys(sessions) as SessionName[]) {
      const callback = { protocol: 'HTTP', endpoint } as const;
      const retry = sessions[name];
      this.#opened.set(
        name,
        await openSession(connection, { token, callback, retry, dlq: { destination: 'demo' } }),
      );
    }
  }

  /** Registers everything at once, as a program would. */
  async register(): Promise<void> {
    await Promise.all(this.options.plan.map((task) => this.#registerOne(task)));
  }

  readonly onCallback = (callback: ReceivedCallback): HttpVerdict | Promise<HttpVerdict> => {
    const { plan, arrivals, reporter } = this.options;
    const label = Buffer.from(callback.payload).toString();
    const task = plan.find((planned) => planned.label === label);
    const arrival = arrivals.add(label, callback, task ? sessions[task.session].intervalMs : 0);
    reporter.arrived(label, arrival);
    if (task?.cancel === 'after the last' && arrivals.of(label).length === task.expected) {
      this.#cancels.push(this.#cancel(task, callback.taskId));
    }
    return task?.answer?.(callback);
  };

  /** Waits until all expected callbacks have arrived and then no further one, or until the time is up. */
  async finish(): Promise<void> {
    const { signal } = this.options;
    const deadline = performance.now() + LIMIT_MS;
    while (!this.#isComplete() && performance.now() < deadline) await sleep(50, undefined, { signal });
    await Promise.all(this.#cancels);
    await sleep(QUIET_MS, undefined, { signal });
  }

  #isComplete(): boolean {
    const { plan, arrivals } = this.options;
    return plan.every(({ label, expected }) => arrivals.of(label).length >= expected);
  }

  async #registerOne(task: PlannedTask): Promise<void> {
    const session = this.#session(task);
    const { label, delayMs, intervalMs } = task;
    const registration = await (intervalMs === undefined
      ? session.setTimeout(label, delayMs)
      : session.setInterval(label, intervalMs, { delayMs }));
    this.taskIds.set(label, registration.taskId);
    this.options.reporter.registered(task, registration);
    if (task.cancel === 'at once') await this.#cancel(task, registration.taskId);
  }

  async #cancel(task: PlannedTask, taskId: string): Promise<void> {
    await this.#session(task).cancel(taskId);
    this.options.reporter.cancelled(task);
  }

  #session({ session }: PlannedTask): Session {
    const opened = this.#opened.get(session);
    if (!opened) throw new Error(`session ${session} is not open`);
    return opened;
  }
}

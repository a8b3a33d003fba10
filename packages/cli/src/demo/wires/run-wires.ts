import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallbackVerdict,
  type Connection,
  openSession,
  type ReceivedCallback,
  type Session,
  type SessionOptions,
} from '@boomerang/client';
import type { TaskState } from '@boomerang/domain';
import type { Arrivals } from '../arrivals.js';
import type { Reporter } from '../reporter.js';
import type { Forwarded } from './forwarded.js';
import type { Journey } from './wire-expectations.js';
import { RETRY, type WireTask } from './wire-plan.js';

export interface RunWiresOptions {
  readonly plan: readonly WireTask[];
  readonly arrivals: Arrivals;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** How long the expected callbacks may take, from the first registration. */
const LIMIT_MS = 20_000;
/** How long no callback may arrive after that. It is longer than every interval and pause. */
const QUIET_MS = 1_500;
const LOOK_EVERY_MS = 50;
const UNDER_WAY: readonly (TaskState | undefined)[] = ['scheduled', 'in_flight', 'retrying', undefined];

/**
 * Registers the tasks of a plan, answers their callbacks, and replays their dead letters after those were forwarded.
 */
export class WiresRun {
  readonly journeys = new Map<string, Journey>();
  readonly forwarded: Forwarded[] = [];
  #deadline = Number.POSITIVE_INFINITY;

  constructor(private readonly options: RunWiresOptions) {}

  readonly onCallback = (callback: ReceivedCallback): CallbackVerdict => {
    const { plan, arrivals, reporter } = this.options;
    const label = Buffer.from(callback.payload).toString();
    const task = plan.find((planned) => planned.label === label);
    reporter.arrived(label, arrivals.add(label, callback, task?.pauseMs ?? RETRY.intervalMs));
    return task?.answer?.(arrivals.of(label).length);
  };

  readonly onForwarded = (forwarded: Forwarded): void => {
    this.forwarded.push(forwarded);
  };

  /** Registers one task in a session of its own. */
  async register(
    connection: Connection,
    task: WireTask,
    policy: Omit<SessionOptions, 'retry'>,
  ): Promise<Session> {
    const session = await openSession(connection, { ...policy, retry: RETRY });
    const { label, delayMs, intervalMs } = task;
    const registration = await (intervalMs === undefined
      ? session.setTimeout(label, delayMs)
      : session.setInterval(label, intervalMs, { delayMs }));
    this.journeys.set(label, { taskId: registration.taskId });
    this.options.reporter.registered(task, registration);
    return session;
  }

  /** Waits until every task has ended and then no further callback arrives, or until the time is up. */
  async finish(sessions: ReadonlyMap<WireTask, Session>): Promise<void> {
    this.#deadline = performance.now() + LIMIT_MS;
    await Promise.all([...sessions].map(([task, session]) => this.#follow(task, session)));
    await sleep(QUIET_MS, undefined, { signal: this.options.signal });
  }

  async #follow(task: WireTask, session: Session): Promise<void> {
    const journey = this.journeys.get(task.label);
    if (!journey) throw new Error(`${task.label} is not registered`);
    journey.end = await this.#end(session, journey.taskId);
    if (journey.end === 'dead_lettered' && task.forwardTo)
      await this.#followDeadLetter(task, session, journey);
  }

  async #followDeadLetter(task: WireTask, session: Session, journey: Journey): Promise<void> {
    const { reporter } = this.options;
    const letter = await this.#until(async () => {
      const { deadLetters } = await session.deadLetters.list();
      return deadLetters.find(({ taskId }) => taskId === journey.taskId);
    });
    if (!letter) return;
    journey.deadLetter = letter;
    reporter.deadLetter(task.label, `to go to ${task.forwardTo}`, letter.history);
    const outside = await this.#until(() => this.forwarded.find(({ taskId }) => taskId === journey.taskId));
    if (!outside) return;
    reporter.forwarded(task, outside.destination, outside.deadLetterId);
    // It is refused as long as the worker has not recorded that it arrived.
    const replay = await this.#until(async () => {
      const { replayed } = await session.deadLetters.replay({ ids: [letter.deadLetterId] });
      return replayed[0];
    });
    if (!replay) return;
    reporter.replayed(task, replay.taskId);
    journey.replay = { taskId: replay.taskId };
    journey.replay.end = await this.#end(session, replay.taskId);
  }

  /** Undefined if there was none before the time was up. */
  #end(session: Session, taskId: string): Promise<TaskState | undefined> {
    return this.#until(async () => {
      const { state } = await session.get(taskId);
      return UNDER_WAY.includes(state) ? undefined : state;
    });
  }

  async #until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T | undefined> {
    while (performance.now() < this.#deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(LOOK_EVERY_MS);
      this.options.signal.throwIfAborted();
    }
    return undefined;
  }
}

import type { ClaimedOccurrence } from '@boomerang/domain';
import { dueOf, type ModelLetter, type ModelOccurrence, type ModelTask } from './model-state.js';

/** What the engine should hold of tasks, and what requests of clients change. */
export class TaskModel {
  /** Redis's clock, Unix epoch ms with fraction. It may go either way. */
  now = 1_800_000_000_000.5;
  readonly tasks: ModelTask[] = [];
  readonly due = new Map<string, number>();
  /** Overdue members of each client, by due ms. */
  readonly queues = new Map<string, Map<string, number>>();
  /** Clients in the order of their turns. */
  rotation: string[] = [];
  /** What is held of paused tasks, by due ms. */
  readonly paused = new Map<string, number>();
  readonly occurrences = new Map<string, ModelOccurrence>();
  readonly deadLetters: ModelLetter[] = [];
  /** All that was ever handed out, so stale tokens too. */
  readonly claimed: ClaimedOccurrence[] = [];

  taskOf = (member: string) => this.tasks.find(({ id }) => member.startsWith(id)) as ModelTask;
  isCurrent = (claim: ClaimedOccurrence) => this.occurrences.get(claim.member)?.lease?.claim === claim;
  parkedLetters = () => this.deadLetters.filter(({ replayedAs }) => !replayedAs);
  /** Whether what it names has another token by now. */
  isOutdated = (claim: ClaimedOccurrence) => this.occurrences.has(claim.member) && !this.isCurrent(claim);
  held = (task: ModelTask) => [...this.occurrences.values()].filter((o) => o.task === task && o.lease);

  /** When the first that waits for its claim is due. */
  firstDueMs = () =>
    Math.min(...[this.due, ...this.queues.values()].flatMap((waiting) => [...waiting.values()]));

  register(
    task: Pick<ModelTask, 'id' | 'client' | 'policy' | 'interval' | 'terms'>,
    delayMs: number,
  ): ModelTask {
    const first = Math.ceil(this.now) + delayMs;
    const registered: ModelTask = { ...task, first, next: 1, listedAt: first, attempts: [], state: 'live' };
    this.tasks.push(registered);
    this.due.set(task.id, first);
    return registered;
  }

  /** Leaves the dead letters as a task of its own; a second time it is that task. */
  replay(letter: ModelLetter, id: string, delayMs: number): ModelTask {
    const { client, policy } = letter.occurrence.task;
    letter.replayedAs ??= this.register({ id, client, policy, interval: 0, terms: {} }, delayMs);
    return letter.replayedAs;
  }

  cancel(task: ModelTask): void {
    task.state = 'cancelled';
    this.dropHeld(task);
    this.takeAway(task.id, task);
    if (task.interval > 0) return;
    this.takeAway(`${task.id}:1`, task);
    this.occurrences.delete(`${task.id}:1`);
  }

  /** The places of a task that waits for its claim. */
  waitsAt = ({ id, client }: ModelTask, member = id) =>
    [this.due, this.queues.get(client), this.paused].find((place) => place?.has(member));

  pause(task: ModelTask): void {
    if (task.pausedSince !== undefined) return;
    task.pausedSince = Math.ceil(this.now);
    // Other retries of a recurring task are met by claims.
    const member = task.interval === 0 && this.occurrences.has(`${task.id}:1`) ? `${task.id}:1` : task.id;
    const dueMs = this.waitsAt(task, member)?.get(member);
    if (dueMs === undefined) return;
    this.takeAway(member, task);
    this.paused.set(member, dueMs);
  }

  /** What a recurring task would have done during its pause is left out. */
  resume(task: ModelTask): void {
    const since = task.pausedSince;
    if (since === undefined) return;
    const now = Math.ceil(this.now);
    const next = dueOf(task, task.next);
    if (task.interval > 0 && next > since) while (dueOf(task, task.next) <= now) task.next++;
    task.pausedSince = undefined;
    for (const [member, dueMs] of this.heldOf(task)) {
      this.paused.delete(member);
      const isNext = member === task.id && task.interval > 0;
      this.due.set(member, isNext ? dueOf(task, task.next) : dueMs);
      if (isNext) task.listedAt = dueOf(task, task.next);
    }
  }

  /** Not of a paused task. Returns the occurrence that is due now. */
  fire(task: ModelTask): { occurrence: number; dueMs: number } {
    const now = Math.ceil(this.now);
    if (task.interval > 0) {
      const [number, dueMs] = [task.next, dueOf(task, task.next)];
      task.moved = { occurrence: number + 1, dueMs, behindMs: dueOf(task, number + 1) };
      task.next++;
      const member = `${task.id}:${number}`;
      this.occurrences.set(member, {
        ...{ member, task, number, scheduled: now, attempts: 0, failed: [], lease: undefined },
      });
      this.due.set(member, now);
      return { occurrence: number, dueMs: now };
    }
    const member = this.occurrences.has(`${task.id}:1`) ? `${task.id}:1` : task.id;
    const dueMs = this.waitsAt(task, member)?.get(member) as number;
    if (dueMs <= now) return { occurrence: 1, dueMs };
    this.takeAway(member, task);
    if (member === task.id) task.first = now;
    this.due.set(member, now);
    task.listedAt = now;
    return { occurrence: 1, dueMs: now };
  }

  /** Not of a task whose only firing has begun. `newPhase`: the interval counts from the new time on. */
  reschedule(task: ModelTask, delayMs: number, interval: number | undefined, newPhase: boolean): number {
    const dueMs = Math.ceil(this.now) + delayMs;
    if (task.interval === 0) {
      this.paused.delete(`${task.id}:1`);
      this.takeAway(`${task.id}:1`, task);
      this.occurrences.delete(`${task.id}:1`);
      task.first = dueMs;
    } else {
      let behind = task.next + 1;
      while (dueOf(task, behind) <= dueMs) behind++;
      const inPhase = dueOf(task, behind);
      const begins = newPhase || interval !== undefined;
      task.interval = interval ?? task.interval;
      const behindMs = begins ? dueMs + task.interval : inPhase;
      task.moved = { occurrence: task.next, dueMs, behindMs };
    }
    this.takeAway(task.id, task);
    this.letWait(task, task.id, dueMs);
    task.listedAt = dueMs;
    return dueMs;
  }

  /** In the due index, or held while the task is paused. */
  protected letWait({ pausedSince }: ModelTask, member: string, dueMs: number): void {
    (pausedSince === undefined ? this.due : this.paused).set(member, dueMs);
  }

  protected heldOf = ({ id }: ModelTask) => [...this.paused].filter(([member]) => member.startsWith(id));

  protected dropHeld(task: ModelTask): void {
    for (const [member] of this.heldOf(task)) {
      this.paused.delete(member);
      this.occurrences.delete(member);
    }
  }

  /** Wherever it waits for its claim. A client of whom nothing waits any more has no turn. */
  protected takeAway(member: string, { client }: ModelTask): void {
    this.due.delete(member);
    const queue = this.queues.get(client);
    if (!queue?.delete(member) || this.waits(client)) return;
    this.rotation = this.rotation.filter((name) => name !== client);
  }

  protected waits = (client: string) => (this.queues.get(client)?.size ?? 0) > 0;
}

import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';

const COALESCE_AFTER_MS = 1_000;

const END_STATES: Partial<Record<Settlement['kind'], ModelTask['state']>> = {
  delivered: 'delivered',
  sent: 'sent',
  stop: 'delivered',
  dead_letter: 'dead_lettered',
};

/** A task as the model knows it. */
export interface ModelTask {
  readonly id: string;
  readonly client: string;
  readonly policy: number;
  readonly interval: number;
  first: number;
  /** Number of the next occurrence. */
  next: number;
  /** Score in the client's index. */
  listedAt: number;
  /** Whether it recurs and an attempt of it is over. */
  attempted: boolean;
  state: 'live' | 'delivered' | 'sent' | 'dead_lettered' | 'cancelled';
}

/** An occurrence from its first claim to its end. */
interface Occurrence {
  readonly task: ModelTask;
  readonly number: number;
  readonly scheduled: number;
  attempts: number;
  /** Numbers of the attempts that failed. */
  readonly failed: number[];
  /** Who has the lease. */
  holder: ClaimedOccurrence | undefined;
}

/** What the engine should hold: as little code as says it, without a thought for speed. */
export class EngineModel {
  readonly tasks: ModelTask[] = [];
  readonly due = new Map<string, number>();
  readonly occurrences = new Map<string, Occurrence>();
  readonly deadLetters: string[] = [];
  /** All that was ever handed out, so stale tokens too. */
  readonly claimed: ClaimedOccurrence[] = [];

  taskOf = (member: string) => this.tasks.find(({ id }) => member.startsWith(id)) as ModelTask;
  isCurrent = (claim: ClaimedOccurrence) => this.occurrences.get(claim.member)?.holder === claim;
  held = (task: ModelTask) => [...this.occurrences.values()].filter((o) => o.task === task && o.holder);
  dueUntil = (ms: number) =>
    [...this.due]
      .filter(([, score]) => score <= ms)
      .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      .map(([member]) => member);

  /** The occurrence that a claim of `member` hands out; undefined when its task has ended. */
  claim(member: string, nowMs: number): { occurrence: Occurrence; dueMs: number } | undefined {
    const task = this.taskOf(member);
    const score = this.due.get(member) as number;
    this.due.delete(member);
    if (task.state !== 'live') {
      this.occurrences.delete(member);
      return undefined;
    }
    const known = this.occurrences.get(member);
    const occurrence = known ?? this.#firstClaim(task, nowMs);
    occurrence.attempts++;
    return { occurrence, dueMs: known ? score : occurrence.scheduled };
  }

  #firstClaim(task: ModelTask, nowMs: number): Occurrence {
    const late = nowMs - (task.first + (task.next - 1) * task.interval);
    const coalesces = task.interval > 0 && late >= Math.max(COALESCE_AFTER_MS, task.interval);
    const number = task.next + (coalesces ? Math.floor(late / task.interval) : 0);
    const scheduled = task.first + (number - 1) * task.interval;
    const occurrence = { task, number, scheduled, attempts: 0, failed: [], holder: undefined };
    this.occurrences.set(`${task.id}:${number}`, occurrence);
    if (task.interval > 0) {
      task.next = number + 1;
      task.listedAt = scheduled + task.interval;
      this.due.set(task.id, task.listedAt);
    }
    return occurrence;
  }

  backToDueIndex(member: string, dueMs: number): void {
    const occurrence = this.occurrences.get(member) as Occurrence;
    occurrence.holder = undefined;
    this.due.set(member, dueMs);
    if (occurrence.task.interval === 0) occurrence.task.listedAt = dueMs;
  }

  settle({ member, attempt }: ClaimedOccurrence, kind: Settlement['kind'], dueMs: number): void {
    const occurrence = this.occurrences.get(member) as Occurrence;
    const { task, number, failed } = occurrence;
    if (task.state === 'live' && (kind === 'retry' || kind === 'give_back')) {
      if (kind === 'give_back') occurrence.attempts--;
      else this.fail(member, attempt);
      this.backToDueIndex(member, dueMs);
      return;
    }
    this.occurrences.delete(member);
    if (task.state !== 'live') return;
    if (kind === 'dead_letter') this.deadLetters.push(`${task.id}:${number} ${[...failed, attempt]}`);
    task.attempted = task.interval > 0;
    if (kind === 'stop') this.due.delete(task.id);
    if (task.interval === 0 || kind === 'stop') task.state = END_STATES[kind] ?? 'live';
  }

  fail(member: string, attempt: number): void {
    const { task, failed } = this.occurrences.get(member) as Occurrence;
    failed.push(attempt);
    task.attempted = task.interval > 0;
  }

  cancel(task: ModelTask): void {
    task.state = 'cancelled';
    this.due.delete(task.id);
    if (task.interval > 0) return;
    this.due.delete(`${task.id}:1`);
    this.occurrences.delete(`${task.id}:1`);
  }
}

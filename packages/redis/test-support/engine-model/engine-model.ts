import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';
import { LEASE_MS } from '../test-engine.js';
import type { HandedOut, LeasedOccurrence, ModelLetter, ModelOccurrence, ModelTask } from './model-state.js';

const COALESCE_AFTER_MS = 1_000;
/** Attempts that are remembered. */
const MOST_ATTEMPTS = 20;

const END_STATES: Partial<Record<Settlement['kind'], ModelTask['state']>> = {
  delivered: 'delivered',
  sent: 'sent',
  stop: 'delivered',
  dead_letter: 'dead_lettered',
};

/** What the engine should hold: as little code as says it, without a thought for speed. */
export class EngineModel {
  /** Redis's clock, Unix epoch ms with fraction. It may go either way. */
  now = 1_800_000_000_000.5;
  readonly tasks: ModelTask[] = [];
  readonly due = new Map<string, number>();
  readonly occurrences = new Map<string, ModelOccurrence>();
  readonly deadLetters: ModelLetter[] = [];
  /** All that was ever handed out, so stale tokens too. */
  readonly claimed: ClaimedOccurrence[] = [];
  lastClaimMs = 0;
  /** Workers that have lost the reply of a claim and don't know yet what it had claimed. */
  readonly #unanswered = new Set<number>();

  taskOf = (member: string) => this.tasks.find(({ id }) => member.startsWith(id)) as ModelTask;
  isCurrent = (claim: ClaimedOccurrence) => this.occurrences.get(claim.member)?.lease?.claim === claim;
  parkedLetters = () => this.deadLetters.filter(({ replayedAs }) => !replayedAs);
  /** Whether what it names has another token by now. */
  isOutdated = (claim: ClaimedOccurrence) => this.occurrences.has(claim.member) && !this.isCurrent(claim);
  held = (task: ModelTask) => [...this.occurrences.values()].filter((o) => o.task === task && o.lease);

  register(task: Pick<ModelTask, 'id' | 'client' | 'policy' | 'interval'>, delayMs: number): ModelTask {
    const first = Math.ceil(this.now) + delayMs;
    const registered: ModelTask = { ...task, first, next: 1, listedAt: first, attempts: [], state: 'live' };
    this.tasks.push(registered);
    this.due.set(task.id, first);
    return registered;
  }

  /** Leaves the dead letters as a task of its own; a second time it is that task. */
  replay(letter: ModelLetter, id: string, delayMs: number): ModelTask {
    const { client, policy } = letter.occurrence.task;
    letter.replayedAs ??= this.register({ id, client, policy, interval: 0 }, delayMs);
    return letter.replayedAs;
  }

  cancel(task: ModelTask): void {
    task.state = 'cancelled';
    this.due.delete(task.id);
    if (task.interval > 0) return;
    this.due.delete(`${task.id}:1`);
    this.occurrences.delete(`${task.id}:1`);
  }

  /** After a lost reply a worker first asks again for what that claim had claimed. */
  claim(worker: number, limit: number, aheadMs: number, replyIsLost: boolean): HandedOut[] {
    const asksAgain = this.#unanswered.has(worker);
    const handedOut = asksAgain ? this.#reclaim(worker, limit, aheadMs) : this.#claimDue(limit, aheadMs);
    for (const { occurrence } of handedOut) {
      occurrence.lease = { worker, endsMs: Math.floor(this.now) + LEASE_MS };
    }
    if (replyIsLost) this.#unanswered.add(worker);
    else if (handedOut.length === 0) this.#unanswered.delete(worker);
    return handedOut;
  }

  #reclaim(worker: number, limit: number, aheadMs: number): HandedOut[] {
    const dueMs = Math.floor(this.now) + aheadMs;
    return this.#leased()
      .filter(({ task, lease }) => task.state === 'live' && lease.worker === worker && !lease.claim)
      .slice(0, limit)
      .map((occurrence) => ({ occurrence, dueMs }));
  }

  #claimDue(limit: number, aheadMs: number): HandedOut[] {
    this.lastClaimMs = Math.floor(this.now);
    return [...this.due]
      .filter(([, score]) => score <= Math.floor(this.now) + aheadMs)
      .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      .slice(0, limit)
      .flatMap(([member, score]) => this.#claimMember(member, score));
  }

  /** Nothing when the task has ended. */
  #claimMember(member: string, score: number): HandedOut[] {
    const task = this.taskOf(member);
    this.due.delete(member);
    const known = this.occurrences.get(member);
    if (task.state !== 'live') {
      this.occurrences.delete(member);
      return [];
    }
    const occurrence = known ?? this.#firstClaim(task);
    occurrence.attempts++;
    return [{ occurrence, dueMs: known ? score : occurrence.scheduled }];
  }

  /** Of what was missed the latest stands for all; the schedule goes on in its own phase. */
  #firstClaim(task: ModelTask): ModelOccurrence {
    const late = Math.floor(this.now) - (task.first + (task.next - 1) * task.interval);
    const coalesces = task.interval > 0 && late >= Math.max(COALESCE_AFTER_MS, task.interval);
    const number = task.next + (coalesces ? Math.floor(late / task.interval) : 0);
    const [member, scheduled] = [`${task.id}:${number}`, task.first + (number - 1) * task.interval];
    const occurrence = { member, task, number, scheduled, attempts: 0, failed: [], lease: undefined };
    this.occurrences.set(member, occurrence);
    if (task.interval > 0) {
      task.next = number + 1;
      task.listedAt = scheduled + task.interval;
      this.due.set(task.id, task.listedAt);
    }
    return occurrence;
  }

  /** What is settled with a token that is not the current one changes nothing. */
  settle(claim: ClaimedOccurrence, kind: Settlement['kind'], dueMs: number): void {
    if (!this.isCurrent(claim)) return;
    const occurrence = this.occurrences.get(claim.member) as ModelOccurrence;
    const { task } = occurrence;
    if (task.state !== 'live') {
      this.occurrences.delete(claim.member);
    } else if (kind === 'give_back') {
      occurrence.attempts--;
      this.#comesBack(occurrence, dueMs);
    } else if (kind === 'retry') {
      this.#remember(occurrence, 'rejected');
      this.#comesBack(occurrence, dueMs);
    } else {
      this.#end(occurrence, kind);
    }
  }

  #end(occurrence: ModelOccurrence, kind: Settlement['kind']): void {
    const { task, member } = occurrence;
    this.#remember(occurrence, kind === 'dead_letter' ? 'rejected' : kind);
    this.occurrences.delete(member);
    if (kind === 'dead_letter') this.deadLetters.push({ occurrence });
    if (kind === 'stop') this.due.delete(task.id);
    if (task.interval === 0 || kind === 'stop') task.state = END_STATES[kind] ?? 'live';
  }

  renew(claim: ClaimedOccurrence): void {
    const { task, lease } = this.occurrences.get(claim.member) ?? {};
    if (lease?.claim === claim && task?.state === 'live') lease.endsMs = Math.floor(this.now) + LEASE_MS;
  }

  /** Attempts whose leases ran out are lost: they count, and the occurrence is due at once. Returns how many. */
  recoverLost(endedBeforeMs: number): number {
    const before = Math.min(Math.ceil(this.now), endedBeforeMs);
    const lost = this.#leased().filter(({ lease }) => lease.endsMs < before);
    for (const occurrence of lost) {
      if (occurrence.task.state !== 'live') this.occurrences.delete(occurrence.member);
      else {
        this.#remember(occurrence, 'lost');
        this.#comesBack(occurrence, 0);
      }
    }
    return lost.length;
  }

  /** In the order in which their leases end. */
  #leased(): LeasedOccurrence[] {
    return [...this.occurrences.values()]
      .filter((occurrence): occurrence is LeasedOccurrence => occurrence.lease !== undefined)
      .sort((a, b) => a.lease.endsMs - b.lease.endsMs || (a.member < b.member ? -1 : 1));
  }

  #comesBack(occurrence: ModelOccurrence, dueMs: number): void {
    const notBefore = Math.max(dueMs, Math.ceil(this.now));
    occurrence.lease = undefined;
    this.due.set(occurrence.member, notBefore);
    if (occurrence.task.interval === 0) occurrence.task.listedAt = notBefore;
  }

  #remember(occurrence: ModelOccurrence, outcome: string): void {
    const attempt = `${occurrence.number}.${occurrence.attempts} ${outcome}`;
    occurrence.failed = [...occurrence.failed, attempt].slice(-MOST_ATTEMPTS);
    occurrence.task.attempts = [...occurrence.task.attempts, attempt].slice(-MOST_ATTEMPTS);
  }
}

import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';
import { LEASE_MS } from '../test-engine.js';
import {
  dueOf,
  type HandedOut,
  type LeasedOccurrence,
  type ModelClaim,
  type ModelLetter,
  type ModelOccurrence,
  type ModelTask,
} from './model-state.js';

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
  lastClaimMs = 0;
  /** Workers that have lost the reply of a claim and don't know yet what it had claimed. */
  readonly #unanswered = new Set<number>();
  /** Workers that know from their last reply that clients take turns. */
  readonly #byTurns = new Set<number>();

  taskOf = (member: string) => this.tasks.find(({ id }) => member.startsWith(id)) as ModelTask;
  isCurrent = (claim: ClaimedOccurrence) => this.occurrences.get(claim.member)?.lease?.claim === claim;
  parkedLetters = () => this.deadLetters.filter(({ replayedAs }) => !replayedAs);
  /** Whether what it names has another token by now. */
  isOutdated = (claim: ClaimedOccurrence) => this.occurrences.has(claim.member) && !this.isCurrent(claim);
  held = (task: ModelTask) => [...this.occurrences.values()].filter((o) => o.task === task && o.lease);

  /** When the first that waits for its claim is due. */
  firstDueMs = () =>
    Math.min(...[this.due, ...this.queues.values()].flatMap((waiting) => [...waiting.values()]));

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
    this.#dropHeld(task);
    this.#takeAway(task.id, task);
    if (task.interval > 0) return;
    this.#takeAway(`${task.id}:1`, task);
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
    this.#takeAway(member, task);
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
    for (const [member, dueMs] of this.#heldOf(task)) {
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
    this.#takeAway(member, task);
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
      this.#takeAway(`${task.id}:1`, task);
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
    this.#takeAway(task.id, task);
    this.#wait(task, task.id, dueMs);
    task.listedAt = dueMs;
    return dueMs;
  }

  /** In the due index, or held while the task is paused. */
  #wait({ pausedSince }: ModelTask, member: string, dueMs: number): void {
    (pausedSince === undefined ? this.due : this.paused).set(member, dueMs);
  }

  #heldOf = ({ id }: ModelTask) => [...this.paused].filter(([member]) => member.startsWith(id));

  #dropHeld(task: ModelTask): void {
    for (const [member] of this.#heldOf(task)) {
      this.paused.delete(member);
      this.occurrences.delete(member);
    }
  }

  /** Wherever it waits for its claim. A client of whom nothing waits any more has no turn. */
  #takeAway(member: string, { client }: ModelTask): void {
    this.due.delete(member);
    const queue = this.queues.get(client);
    if (!queue?.delete(member) || this.#waits(client)) return;
    this.rotation = this.rotation.filter((name) => name !== client);
  }

  /** After a lost reply a worker first asks again for what that claim had claimed. */
  claim(claim: ModelClaim): HandedOut[] {
    const { worker, replyIsLost } = claim;
    const { handedOut, takeTurns } = this.#answer(claim);
    for (const { occurrence } of handedOut) {
      occurrence.lease = { worker, endsMs: Math.floor(this.now) + LEASE_MS };
    }
    if (replyIsLost) this.#unanswered.add(worker);
    else if (handedOut.length === 0) this.#unanswered.delete(worker);
    if (!replyIsLost && takeTurns) this.#byTurns.add(worker);
    else if (!replyIsLost) this.#byTurns.delete(worker);
    return handedOut;
  }

  /** `takeTurns`: what the reply says of the next claim. */
  #answer({ worker, limit, aheadMs, except, replyIsLost }: ModelClaim) {
    const taken = (handedOut: HandedOut[]) => ({ handedOut, takeTurns: this.rotation.length > 0 });
    if (this.#unanswered.has(worker)) return taken(this.#reclaim(worker, limit, aheadMs));
    const knowsOfTurns = this.#byTurns.has(worker) || except.length > 0;
    if (!knowsOfTurns) {
      const answer = this.rotation.length === 0 ? this.#claimDue(limit, aheadMs) : taken([]);
      // Who gets nothing but learns of turns asks once more, if that reply arrives.
      if (replyIsLost || !answer.takeTurns || answer.handedOut.length > 0) return answer;
    }
    return taken(this.#claimByTurns(limit, aheadMs, except));
  }

  #reclaim(worker: number, limit: number, aheadMs: number): HandedOut[] {
    const dueMs = Math.floor(this.now) + aheadMs;
    return this.#leased()
      .filter(({ task, lease }) => task.state === 'live' && lease.worker === worker && !lease.claim)
      .slice(0, limit)
      .map((occurrence) => ({ occurrence, dueMs }));
  }

  #claimDue(limit: number, aheadMs: number) {
    const now = Math.floor(this.now);
    this.lastClaimMs = now;
    const found = inOrder(this.due, now + aheadMs).slice(0, limit);
    const handedOut = found.flatMap(([member, score]) => this.#claimMember(member, score));
    return { handedOut, takeTurns: found.length === limit && this.firstDueMs() <= now };
  }

  /** From the due index to the queues. Who was not in the rotation has the next turn. */
  #queueOverdue(untilMs: number): void {
    const newcomers = new Set<string>();
    for (const [member, score] of inOrder(this.due, untilMs)) {
      this.due.delete(member);
      const { client, state } = this.taskOf(member);
      if (state !== 'live') {
        this.occurrences.delete(member);
        continue;
      }
      this.queues.set(client, (this.queues.get(client) ?? new Map()).set(member, score));
      if (!this.rotation.includes(client)) newcomers.add(client);
    }
    this.rotation.unshift(...[...newcomers].sort());
  }

  /** One of each client in turn, and again, until there are enough. Those served go to the end, the first one last. */
  #claimByTurns(limit: number, aheadMs: number, except: readonly string[]): HandedOut[] {
    this.lastClaimMs = Math.floor(this.now);
    this.#queueOverdue(this.lastClaimMs + aheadMs);
    const mayTake = this.rotation.filter((client) => !except.includes(client));
    const left = new Map(mayTake.map((client) => [client, inOrder(this.queues.get(client))]));
    const taken: [member: string, score: number][] = [];
    const [served, without] = [new Set<string>(), new Set<string>()];
    do {
      for (const client of mayTake) {
        if (taken.length === limit) break;
        const next = left.get(client)?.shift();
        if (next) taken.push(next);
        if (next) served.add(client);
        else if (!served.has(client)) without.add(client);
      }
    } while (taken.length < limit && [...left.values()].some(({ length }) => length > 0));
    const handedOut = taken.flatMap(([member, score]) => this.#claimMember(member, score));
    const [first, ...others] = served;
    const unserved = this.rotation.filter((client) => !served.has(client) && !without.has(client));
    this.rotation = [...unserved, ...others, ...(first ? [first] : [])];
    if (taken.length < limit)
      this.rotation = this.rotation.filter((client) => !served.has(client) || this.#waits(client));
    return handedOut;
  }

  #waits = (client: string) => (this.queues.get(client)?.size ?? 0) > 0;

  /** Nothing when the task has ended. */
  #claimMember(member: string, score: number): HandedOut[] {
    const task = this.taskOf(member);
    this.due.delete(member);
    this.queues.get(task.client)?.delete(member);
    const known = this.occurrences.get(member);
    if (task.state !== 'live') {
      this.occurrences.delete(member);
      return [];
    }
    if (task.pausedSince !== undefined) {
      this.paused.set(member, score);
      return [];
    }
    const occurrence = known ?? this.#firstClaim(task);
    occurrence.attempts++;
    return [{ occurrence, dueMs: known ? score : occurrence.scheduled }];
  }

  /** Of what was missed the latest stands for all; the schedule goes on in its own phase. */
  #firstClaim(task: ModelTask): ModelOccurrence {
    const now = Math.floor(this.now);
    let number = task.next;
    if (task.interval > 0 && now - dueOf(task, number) >= COALESCE_AFTER_MS)
      while (dueOf(task, number + 1) <= now) number++;
    const [member, scheduled] = [`${task.id}:${number}`, dueOf(task, number)];
    const occurrence = { member, task, number, scheduled, attempts: 0, failed: [], lease: undefined };
    this.occurrences.set(member, occurrence);
    if (task.interval > 0) {
      task.next = number + 1;
      task.listedAt = dueOf(task, task.next);
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
    if (kind === 'stop') this.#dropHeld(task);
    if (kind === 'stop') this.#takeAway(task.id, task);
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
    this.#wait(occurrence.task, occurrence.member, notBefore);
    if (occurrence.task.interval === 0) occurrence.task.listedAt = notBefore;
  }

  #remember(occurrence: ModelOccurrence, outcome: string): void {
    const attempt = `${occurrence.number}.${occurrence.attempts} ${outcome}`;
    occurrence.failed = [...occurrence.failed, attempt].slice(-MOST_ATTEMPTS);
    occurrence.task.attempts = [...occurrence.task.attempts, attempt].slice(-MOST_ATTEMPTS);
  }
}

/** Members by due time, then name, that are due by then. */
function inOrder(
  members: ReadonlyMap<string, number> = new Map(),
  untilMs = Number.POSITIVE_INFINITY,
): [string, number][] {
  return [...members]
    .filter(([, score]) => score <= untilMs)
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

import type { ClaimedOccurrence, Settlement } from '@boomerang/domain';
import { LEASE_MS } from '../test-engine.js';
import {
  dueOf,
  type HandedOut,
  type LeasedOccurrence,
  type ModelClaim,
  type ModelOccurrence,
  type ModelTask,
} from './model-state.js';
import { inOrder, takeTurns } from './take-turns.js';
import { TaskModel } from './task-model.js';
import { chosenOccurrence, endByAttempts, hasExpired, hasOccurrence, pacedDue } from './terms.js';

/** Attempts that are remembered. */
const MOST_ATTEMPTS = 20;

const END_STATES: Partial<Record<Settlement['kind'], ModelTask['state']>> = {
  delivered: 'delivered',
  sent: 'sent',
  stop: 'delivered',
  dead_letter: 'dead_lettered',
};

/** What the engine should hold: as little code as says it, without a thought for speed. */
export class EngineModel extends TaskModel {
  lastClaimMs = 0;
  /** Workers that have lost the reply of a claim and don't know yet what it had claimed. */
  readonly #unanswered = new Set<number>();
  /** Workers that know from their last reply that clients take turns. */
  readonly #byTurns = new Set<number>();

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
  #answer({ worker, limit, aheadMs, atMost, replyIsLost }: ModelClaim) {
    const taken = (handedOut: HandedOut[]) => ({ handedOut, takeTurns: this.rotation.length > 0 });
    if (this.#unanswered.has(worker)) return taken(this.#reclaim(worker, limit, aheadMs));
    const knowsOfTurns = this.#byTurns.has(worker) || atMost.size > 0;
    if (!knowsOfTurns) {
      const answer = this.rotation.length === 0 ? this.#claimDue(limit, aheadMs) : taken([]);
      // Who gets nothing but learns of turns asks once more, if that reply arrives.
      if (replyIsLost || !answer.takeTurns || answer.handedOut.length > 0) return answer;
    }
    this.lastClaimMs = Math.floor(this.now);
    const untilMs = this.lastClaimMs + aheadMs;
    const alone = this.rotation.length === 0 && this.#onlyClientDue(untilMs);
    if (alone) return this.#claimDue(Math.min(limit, atMost.get(alone) ?? limit), aheadMs);
    return taken(this.#claimByTurns(limit, untilMs, atMost));
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

  /** As the engine tells it by counting: it isn't sure if anything recurs, is paused, or is left of tasks that ended. */
  #onlyClientDue(untilMs: number): string | undefined {
    const due = inOrder(this.due, untilMs).map(([member]) => this.taskOf(member));
    const client = this.taskOf([...inOrder(this.due)][0]?.[0] ?? '')?.client;
    if (this.paused.size > 0 || due.some((task) => task.state !== 'live' || task.client !== client))
      return undefined;
    const listed = this.tasks.filter(
      (task) => task.client === client && task.state === 'live' && task.listedAt <= untilMs,
    );
    return due.length + this.#leased().length === listed.length ? client : undefined;
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

  #claimByTurns(limit: number, untilMs: number, atMost: ReadonlyMap<string, number>): HandedOut[] {
    this.#queueOverdue(untilMs);
    const { taken, served, rotation } = takeTurns(this.rotation, this.queues, limit, atMost);
    this.rotation = rotation;
    const handedOut = taken.flatMap(([member, score]) => this.#claimMember(member, score));
    if (taken.length < limit)
      this.rotation = this.rotation.filter((client) => !served.has(client) || this.waits(client));
    return handedOut;
  }

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
    const now = Math.floor(this.now);
    if (!known) return this.#claimNext(task, now);
    if (hasExpired(task, known.scheduled, now)) {
      this.#expire(known);
      this.occurrences.delete(member);
      this.#close(task, now, known.task.terms.expiry?.deadLetters ? 'dead_lettered' : 'expired');
      return [];
    }
    known.attempts++;
    return [{ occurrence: known, dueMs: score }];
  }

  /** The first attempt of a task's next occurrence, unless it has none, or that expired or overlaps another one. */
  #claimNext(task: ModelTask, now: number): HandedOut[] {
    const number = task.interval > 0 ? this.#takeNext(task, now) : 1;
    if (number === undefined) {
      if (this.#isOver(task)) task.state = endByAttempts(task);
      return [];
    }
    const [member, scheduled] = [`${task.id}:${number}`, dueOf(task, number)];
    const occurrence = { member, task, number, scheduled, attempts: 0, failed: [], lease: undefined };
    const overlap = task.terms.recurrence?.overlap;
    if (hasExpired(task, scheduled, now)) {
      this.#expire(occurrence);
      if (this.#isOver(task)) task.state = task.terms.expiry?.deadLetters ? 'dead_lettered' : 'expired';
    } else if (this.#open(task) > 0 && overlap !== undefined && overlap !== 'allow') {
      if (overlap === 'after') task.waiting = { number, scheduled };
    } else {
      occurrence.attempts++;
      this.occurrences.set(member, occurrence);
      return [{ occurrence, dueMs: scheduled }];
    }
    return [];
  }

  /** Off the schedule, which goes on in its own phase. Undefined if none is to be delivered now. */
  #takeNext(task: ModelTask, now: number): number | undefined {
    const number = chosenOccurrence(task, now);
    const isPutOff = !hasOccurrence(task, number) || (number > task.next && dueOf(task, number) > now);
    task.next = isPutOff ? number : number + 1;
    if (hasOccurrence(task, task.next)) {
      task.listedAt = dueOf(task, task.next);
      this.due.set(task.id, pacedDue(task, now));
    }
    return isPutOff ? undefined : number;
  }

  /** Occurrences that have begun and not ended. */
  #open = (task: ModelTask) => [...this.occurrences.values()].filter((o) => o.task === task).length;

  #isOver = (task: ModelTask) =>
    task.interval === 0 || (this.#open(task) === 0 && !task.waiting && !hasOccurrence(task, task.next));

  #expire(occurrence: ModelOccurrence): void {
    this.#remember(occurrence, 'expired');
    if (occurrence.task.terms.expiry?.deadLetters) this.deadLetters.push({ occurrence });
  }

  /** An occurrence has ended: another one may have waited for that, or the task is over. */
  #close(task: ModelTask, now: number, state: ModelTask['state']): void {
    const { waiting } = task;
    if (waiting && this.#open(task) === 0) {
      const member = `${task.id}:${waiting.number}`;
      this.occurrences.set(member, { member, task, ...waiting, attempts: 0, failed: [], lease: undefined });
      this.letWait(task, member, Math.max(waiting.scheduled, now));
      task.waiting = undefined;
    }
    if (!this.#isOver(task)) return;
    this.dropHeld(task);
    task.state = state;
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
    if (kind === 'stop') this.dropHeld(task);
    if (kind === 'stop') this.takeAway(task.id, task);
    const state = END_STATES[kind] ?? 'live';
    if (kind === 'stop') task.state = state;
    else this.#close(task, Math.ceil(this.now), state);
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
    this.letWait(occurrence.task, occurrence.member, notBefore);
    if (occurrence.task.interval === 0) occurrence.task.listedAt = notBefore;
  }

  #remember(occurrence: ModelOccurrence, outcome: string): void {
    const attempt = `${occurrence.number}.${occurrence.attempts} ${outcome}`;
    occurrence.failed = [...occurrence.failed, attempt].slice(-MOST_ATTEMPTS);
    occurrence.task.attempts = [...occurrence.task.attempts, attempt].slice(-MOST_ATTEMPTS);
  }
}

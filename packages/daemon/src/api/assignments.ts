import { BoomerangError } from '@boomerang/domain';
import type { LaunchPlan, LaunchRequest } from '../engines/plan-launch.js';
import { bootNowMs } from '../guard/boot-clock.js';
import type { DaemonLog } from '../log.js';
import type { Assignment } from '../runs/run-record.js';
import type { PreparedRun, Runs } from '../runs/runs.js';
import type { Release } from '../runs/slots.js';
import type { ApiEvent } from './api-event.js';
import type { ApiLink } from './api-link.js';
import type { Reports } from './reports.js';

/** How long an offer waits for a slot here, ms: the API takes it back after 5 s. */
const SLOT_LIMIT_MS = 3_000;
const PRIORITIES = ['low', 'normal', 'high', 'critical'];

/**
 * Takes what the API assigns. Nothing is started before the API has confirmed that it took the acceptance: from then on it
 * counts as running here, and is reported however it goes.
 */
export class Assignments {
  /** Tokens from their offer until their run has been reported, or they were given back. */
  readonly #open = new Set<string>();
  readonly #stale = new Set<string>();
  #draining = false;

  constructor(
    private readonly runs: Runs,
    private readonly link: ApiLink,
    private readonly reports: Reports,
    private readonly log: DaemonLog,
  ) {}

  drain(): void {
    this.#draining = true;
  }

  /** `task.assigned` */
  async take(event: ApiEvent): Promise<void> {
    const assignment = assignmentOf(event);
    const { token } = assignment;
    if (this.#open.has(token)) return;
    this.#open.add(token);
    try {
      await this.#tryOne(event, assignment);
    } catch (error) {
      this.log.internalError('an assignment', error);
      await this.#giveBack(token, (error as Error).message);
    } finally {
      this.#open.delete(token);
      this.#stale.delete(token);
    }
  }

  /** `task.cancel`: what doesn't run here has ended here. */
  async cancel({ data }: ApiEvent): Promise<void> {
    const { token = '', reason = '' } = data;
    if (this.runs.endAssigned(token, 'cancelled', reason)) return;
    await this.reports.result(failed(token, 'it was cancelled before it began'));
  }

  /** `task.stale`: somebody else may run it already. */
  dropStale({ data }: ApiEvent): void {
    const { token = '' } = data;
    if (this.#open.has(token)) this.#stale.add(token);
    this.runs.endAssigned(token, 'lease', '');
  }

  async #tryOne(event: ApiEvent, assignment: Assignment): Promise<void> {
    const { token } = assignment;
    const priority = PRIORITIES.indexOf(event.data.priority ?? '') + 1;
    const request = requestOf(event);
    const plan = this.#plan(request);
    if (this.#draining) return this.#giveBack(token, 'the daemon stops');
    if (plan instanceof BoomerangError) return this.#refuse(token, plan);
    const release = await this.runs.slots.acquire(plan.engine, priority, AbortSignal.timeout(SLOT_LIMIT_MS));
    if (!release) return this.#giveBack(token, `engine ${plan.engine.name} has no free slot here`);
    await this.#begin(request, plan, priority, assignment, release);
  }

  /** The slot goes to the run, or is given back here. */
  async #begin(
    request: LaunchRequest,
    plan: LaunchPlan,
    priority: number,
    assignment: Assignment,
    release: Release,
  ): Promise<void> {
    let prepared: PreparedRun | undefined;
    let started = false;
    try {
      prepared = this.runs.prepare(request, plan, priority, assignment);
      const acceptedMs = bootNowMs();
      if (!(await this.#accept(assignment.token))) return;
      started = true;
      await this.runs.executeAssigned(prepared, acceptedMs + assignment.leaseMs, release);
    } finally {
      if (!started) {
        release();
        if (prepared) this.runs.discard(prepared);
      }
    }
  }

  /** Whether the API has confirmed it. Where that isn't known, it is given back. */
  async #accept(token: string): Promise<boolean> {
    try {
      const refusals = await this.link.ask([{ type: 'task.accepted', data: { token } }]);
      if (refusals.length === 0) return !this.#stale.has(token);
    } catch (error) {
      this.log.apiError(error as Error);
    }
    await this.#giveBack(token, 'it is not known whether it was accepted');
    return false;
  }

  #plan(request: LaunchRequest): LaunchPlan | BoomerangError {
    try {
      return this.runs.plan(request);
    } catch (error) {
      return BoomerangError.from(error);
    }
  }

  /** What can't be carried out fails, so that whoever submitted it hears why. */
  async #refuse(token: string, error: BoomerangError): Promise<void> {
    this.log.refused('an assignment', error.message);
    if (await this.#accept(token)) await this.reports.result(failed(token, error.message));
  }

  #giveBack(token: string, reason: string): Promise<void> {
    this.log.refused('an assignment', reason);
    return this.reports.result({ type: 'task.rejected', data: { token, reason } });
  }
}

function failed(token: string, error: string): ApiEvent {
  return { type: 'task.failed', data: { token, exit_code: '-1', error } };
}

function assignmentOf({ data }: ApiEvent): Assignment {
  return {
    token: data.token ?? '',
    taskName: data.task_id ?? '',
    attempt: Number(data.attempt ?? 1),
    leaseMs: Number(data.lease_ms ?? 0),
  };
}

function requestOf({ data }: ApiEvent): LaunchRequest {
  const payload = entries(data, 'payload.');
  // The first part of a token is the task's own id.
  const [taskId = ''] = (data.token ?? '').split(':');
  return {
    id: `${taskId}-${data.occurrence ?? 1}-${data.attempt ?? 1}`,
    engine: payload.engine ?? '',
    type: data.type ?? '',
    playbook: payload.playbook ?? '',
    inventory: payload.inventory ?? '',
    variables: entries(payload, 'variables.'),
    executor: payload.executor ?? '',
    payload,
    timeoutMs: Number(data.timeout_ms ?? 0),
  };
}

/** The entries with a prefix, without it. */
function entries(data: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  const found = Object.entries(data).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

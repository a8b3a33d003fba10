import {
  type AssignmentStore,
  BoomerangError,
  type DaemonName,
  type DaemonRegistry,
  type ExecutionHandle,
  formatExecutionHandle,
  type HeldExecution,
  type OfferedExecution,
  parseExecutionHandle,
  type ReportOutcome,
} from '@boomerang/domain';
import type { GatewayLog } from '../log.js';
import type { GatewayMetrics } from '../metrics.js';
import { assignedEvent } from './assigned-event.js';
import type { DaemonMessage, HelloMessage } from './daemon-message.js';
import type { StreamEvent } from './event.js';
import { Paced } from './paced.js';

/** What only a daemon that said hello may say. */
type SessionMessage = Exclude<DaemonMessage, HelloMessage | { kind: 'ping' | 'pong' }>;
type ExecutionMessage = Exclude<SessionMessage, { kind: 'drain' }>;

export interface DaemonSessionDependencies {
  readonly assignments: AssignmentStore;
  readonly registry: DaemonRegistry;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/** How often a daemon is offered something, ms: with many slots that become free one by one, several are filled at once. */
const OFFER_EVERY_MS = 10;

/** The gateway's end of a daemon's stream. */
export interface DaemonStream {
  send(event: StreamEvent): void;
  /** Ends the stream; the daemon is told why. */
  end(error: BoomerangError): void;
}

/**
 * One daemon that is connected to this gateway. What it holds is known from the leases in Redis, read when it connects and
 * at every `refresh`; in between, what it is offered and what it ends is added and taken away.
 *
 * - *connected*: it is offered executions while it has free slots
 * - *draining*: it said that it takes nothing new; what it has goes on
 * - *closed*: its stream has ended. Its leases go on: it may come back to any gateway
 */
export class DaemonSession implements DaemonName {
  readonly clientId: string;
  readonly daemonId: string;
  readonly types: readonly string[];
  readonly version: string;
  readonly #slots: number;
  readonly #held = new Map<string, HeldExecution>();
  readonly #offers = new Paced(OFFER_EVERY_MS, () => void this.#offerAndTell());
  #draining = false;
  #offering = false;
  #closed = false;

  private constructor(
    hello: HelloMessage,
    clientId: string,
    private readonly streamId: string,
    private readonly stream: DaemonStream,
    private readonly deps: DaemonSessionDependencies,
  ) {
    this.clientId = clientId;
    this.daemonId = hello.daemonId;
    this.types = hello.types;
    this.version = hello.version;
    this.#slots = hello.slots;
  }

  /**
   * Takes a daemon on, and tells it which of the executions that it says it runs are not its own any more.
   *
   * @throws BoomerangError `conflict` while another instance has its name.
   */
  static async open(
    hello: HelloMessage,
    clientId: string,
    streamId: string,
    stream: DaemonStream,
    deps: DaemonSessionDependencies,
  ): Promise<DaemonSession> {
    const session = new DaemonSession(hello, clientId, streamId, stream, deps);
    if (!(await deps.registry.enter({ clientId, ...hello }, streamId))) {
      const problem = `another instance of daemon ${hello.daemonId} is connected`;
      throw new BoomerangError('conflict', `daemon.hello.daemon_id: ${problem}; allowed: one at a time`);
    }
    await session.#readHeld();
    for (const token of hello.running) {
      if (!session.#held.has(token)) session.#tellStale(token, '');
    }
    return session;
  }

  get freeSlots(): number {
    return this.#draining || this.#closed ? 0 : Math.max(0, this.#slots - this.#held.size);
  }

  /** Whether another stream of the same daemon was opened after this one. */
  isReplacedBy({ clientId, daemonId }: DaemonName, streamId: string): boolean {
    return clientId === this.clientId && daemonId === this.daemonId && streamId !== this.streamId;
  }

  takes(type: string): boolean {
    return this.types[0] === '*' || this.types.includes(type);
  }

  /** Sees to it that it is offered what is ready, soon; to be called when it may have a slot free. */
  offerSoon(): void {
    if (this.freeSlots > 0) this.#offers.ask();
  }

  /** Offers it what is ready, as far as it has room. One offer at a time: what is asked for during one comes behind it. */
  async offerReady(): Promise<void> {
    if (this.freeSlots === 0) return;
    if (this.#offering) return this.#offers.ask();
    this.#offering = true;
    try {
      const offered = await this.deps.assignments.offer(this, this.types, this.freeSlots);
      for (const execution of offered) this.#assign(execution);
    } finally {
      this.#offering = false;
    }
  }

  /** Carries out what the daemon says. @throws BoomerangError as the stores do; the stream goes on. */
  async hear(message: SessionMessage): Promise<void> {
    if (message.kind === 'drain') await this.#drain();
    else await this.#hearOfExecution(message);
  }

  /** Says that the daemon is there, and reads anew what it holds; false = a newer stream took its place. */
  async refresh(): Promise<boolean> {
    if (!(await this.deps.registry.keep(this, this.streamId, this.#draining))) return false;
    if (!this.#offering) await this.#readHeld();
    return true;
  }

  /** Tells the daemon to end what it runs of a task that was cancelled. */
  cancel(taskId: string, reason: string): void {
    for (const handle of this.#held.values()) {
      if (handle.taskId === taskId) this.#tellCancel(handle, handle.name, reason);
    }
  }

  end(error: BoomerangError): void {
    this.stream.end(error);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#offers.close();
    await this.deps.registry.leave(this, this.streamId);
  }

  async #offerAndTell(): Promise<void> {
    await this.offerReady().catch((error: unknown) => this.deps.log.assignmentFailed(this.daemonId, error));
  }

  async #hearOfExecution(message: ExecutionMessage): Promise<void> {
    const { execution } = message;
    const token = formatExecutionHandle(execution);
    const outcome = await this.#carryOut(message);
    this.deps.metrics.executionReport(message.kind, outcome);
    const name = this.#held.get(token)?.name || message.taskName;
    if (outcome === 'stale') this.#tellStale(token, name);
    if (outcome === 'cancelling') this.#tellCancel(execution, name, '');
    const over = message.kind === 'ended' || message.kind === 'rejected' || outcome === 'stale';
    if (over) this.#held.delete(token);
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    await this.deps.registry.keep(this, this.streamId, true);
  }

  #carryOut(message: ExecutionMessage): Promise<ReportOutcome> {
    const { assignments } = this.deps;
    const { execution } = message;
    switch (message.kind) {
      case 'accepted':
        return assignments.accept(this, execution);
      case 'rejected':
        return assignments.handBack(this, execution);
      case 'heartbeat':
        return assignments.renew(this, execution);
      case 'progress':
        return assignments.renew(this, execution, message.progress);
      case 'output':
        return assignments.appendOutput(this, execution, message.piece);
      case 'ended':
        return assignments.report(this, execution, message.report);
    }
  }

  #assign(execution: OfferedExecution): void {
    this.#held.set(formatExecutionHandle(execution), execution);
    this.stream.send(assignedEvent(execution));
  }

  async #readHeld(): Promise<void> {
    const held = await this.deps.assignments.heldBy(this);
    this.#held.clear();
    for (const handle of held) this.#held.set(formatExecutionHandle(handle), handle);
  }

  /** @param name what the client or the daemon calls the task; '' = by its id. */
  #tellStale(token: string, name: string): void {
    const taskId = name || (parseExecutionHandle(token)?.taskId ?? '');
    this.stream.send({ type: 'task.stale', data: { task_id: taskId, token } });
  }

  #tellCancel(handle: ExecutionHandle, name: string, reason: string): void {
    const token = formatExecutionHandle(handle);
    this.stream.send({ type: 'task.cancel', data: { task_id: name || handle.taskId, token, reason } });
  }
}

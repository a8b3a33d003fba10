import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoomerangError, quote } from '@boomerang/domain';
import type { Engine, Engines } from '../engines/engine.js';
import { engineThatIsGone } from '../engines/engine-that-is-gone.js';
import { type LaunchPlan, type LaunchRequest, planLaunch } from '../engines/plan-launch.js';
import type { EndCause, EngineEnd, EngineReport } from '../guard/guard-messages.js';
import type { DaemonLog } from '../log.js';
import type { DaemonMetrics } from '../metrics.js';
import { EngineRun } from './engine-run.js';
import type { FinalMessage } from './final-message.js';
import { KnownRuns } from './known-runs.js';
import { Run, type RunAbout } from './run.js';
import type { RunFolders } from './run-folders.js';
import type { Assignment, RunRecord } from './run-record.js';
import type { Release, Slots } from './slots.js';
import type { StepUpdate } from './steps.js';
import { judge, type Verdict } from './verdict.js';

/** Whom an assigned run is reported to. */
export interface RunReporter {
  step(assignment: Assignment, run: Run, update: StepUpdate): void;
  output(assignment: Assignment, record: RunRecord, offset: number, chunk: Buffer): void;
  /** Resolves when it is kept where it outlives this process. */
  ended(assignment: Assignment, run: Run, end: EngineEnd, verdict: Verdict): Promise<void>;
}

export interface RunsDependencies {
  readonly engines: Engines;
  readonly slots: Slots;
  readonly folders: RunFolders;
  /** The guard's `main.js`. */
  readonly guardProgram: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly outputFileBytes: number;
  readonly metrics: DaemonMetrics;
  readonly log: DaemonLog;
}

interface Ending {
  readonly cause: EndCause;
  /** For people; '' = none. */
  readonly reason: string;
}

/** A run of which the engine is there. */
export interface LiveRun {
  readonly run: Run;
  readonly record: RunRecord;
  readonly engineRun: EngineRun;
  /** How much of what the engine wrote has arrived here, bytes, and of what it reported. */
  readonly output: { heard: number; reports: number };
}

/** An assignment that is noted on the disk, and not begun. */
export interface PreparedRun {
  readonly run: Run;
  readonly record: RunRecord;
  readonly plan: LaunchPlan;
}

/** How long what an engine said last is waited for once it is gone: its output, and its final message, ms. */
const LAST_WORDS_MS = 2_000;
/** From the end of an engine's streams until it is taken for gone, ms. Of a play each update may come on its own. */
const SILENCE_MS = 1_000;
const SILENT = 'its engine is gone, and has not said how it ended';

/** All runs of this daemon: what engines do, and what they say of it. */
export class Runs {
  readonly #known = new KnownRuns();
  readonly #live = new Map<string, LiveRun>();
  readonly #waiting = new Map<string, AbortController>();
  /** What is to be ended, by run: also while its guard is being started. */
  readonly #endings = new Map<string, Ending>();
  #reporter: RunReporter | undefined;
  #draining = false;

  constructor(private readonly deps: RunsDependencies) {}

  get live(): readonly LiveRun[] {
    return [...this.#live.values()];
  }

  get slots(): Slots {
    return this.deps.slots;
  }

  reportTo(reporter: RunReporter): void {
    this.#reporter = reporter;
  }

  get(id: string): Run | undefined {
    return this.#known.get(id);
  }

  /** The run that engines mean by an id, be it one that this daemon has not started. */
  observe(id: string, about: Partial<RunAbout> = {}): Run {
    return this.#known.observe(id, about);
  }

  hearStep(id: string, update: StepUpdate): Run {
    const run = this.observe(id);
    run.hearStep(update, Date.now());
    const record = this.#live.get(id)?.record;
    if (record?.assignment && !run.hasEnded) this.#reporter?.step(record.assignment, run, update);
    return run;
  }

  /** Of a run that this daemon has not started, the engine's word is all there is. */
  hearFinal(id: string, final: FinalMessage): void {
    const run = this.observe(id);
    run.final = final;
    if (run.origin !== 'observed' || run.hasEnded) return;
    run.end({ status: final.succeeded ? 'completed' : 'failed', error: final.error }, Date.now());
  }

  /** The streams on which engines spoke of a run have ended; whether that is so is asked again after a while. */
  hearSilence(id: string, isSilent: () => boolean): void {
    const run = this.#known.get(id);
    if (run?.origin !== 'observed' || run.hasEnded) return;
    setTimeout(() => {
      if (!run.hasEnded && isSilent()) run.end({ status: 'unknown', error: SILENT }, Date.now());
    }, SILENCE_MS).unref();
  }

  /**
   * Starts a run that somebody asked this daemon for, as soon as there is a slot.
   *
   * @throws BoomerangError when it can't be carried out, or its id stands for another.
   */
  execute(request: LaunchRequest, priority: number): Run {
    if (this.#draining) throw new BoomerangError('unavailable', 'the daemon stops and takes nothing new');
    const known = this.#known.get(request.id);
    if (known && isSame(known, request)) return known;
    if (known) throw new BoomerangError('conflict', `id: ${quote(request.id)} stands for another run`);
    const plan = this.plan(request);
    const run = new Run('local', { ...request, engine: plan.engine.name }, priority, Date.now());
    this.#known.add(run);
    void this.#executeLocally(run, plan).catch((error: unknown) => this.#fail(run, error));
    return run;
  }

  /** @throws BoomerangError naming the field that can't be carried out. */
  plan(request: LaunchRequest): LaunchPlan {
    const { engines, environment } = this.deps;
    return planLaunch(request, engines, environment);
  }

  /**
   * Notes on the disk that the API's assignment is about to be accepted: whatever becomes of this process, the next one hands
   * back what was not started.
   *
   * @throws Error when the disk takes it not.
   */
  prepare(request: LaunchRequest, plan: LaunchPlan, priority: number, assignment: Assignment): PreparedRun {
    const run = new Run('assigned', { ...request, engine: plan.engine.name }, priority, Date.now());
    const record = this.#note(run, assignment);
    this.#known.add(run, assignment);
    return { run, record, plan };
  }

  /** Forgets a run that was not accepted. */
  discard({ run, record }: PreparedRun): void {
    this.#known.forget(run.about.id);
    this.#endings.delete(run.about.id);
    this.deps.folders.remove(record.runId);
  }

  /** Starts what the API assigned. @param leaseEndsMs by the boot clock. */
  executeAssigned({ run, record, plan }: PreparedRun, leaseEndsMs: number, release: Release): Promise<void> {
    return this.#launch(run, record, plan, release, leaseEndsMs);
  }

  /** Cancels a run that waits or runs. @throws BoomerangError if there is none, or it has ended. */
  cancel(id: string, reason: string): void {
    const run = this.#known.get(id);
    if (!run) throw new BoomerangError('not_found', `id: there is no run ${quote(id)}`);
    if (run.hasEnded)
      throw new BoomerangError('already_ended', `id: run ${quote(id)} has ended: ${run.status}`);
    if (run.origin === 'observed') {
      throw new BoomerangError('conflict', `id: run ${quote(id)} was not started by this daemon`);
    }
    this.#endings.set(id, { cause: 'cancelled', reason });
    this.#waiting.get(id)?.abort();
    this.#live.get(id)?.engineRun.end('cancelled');
  }

  /** Ends what runs, or is about to, under a token of the API; false if nothing does. */
  endAssigned(token: string, cause: EndCause, reason: string): boolean {
    const id = this.#known.underToken(token);
    if (id === undefined) return false;
    this.#endings.set(id, { cause, reason });
    this.#live.get(id)?.engineRun.end(cause);
    return true;
  }

  /** Finds again what an earlier daemon has started. */
  async recover(): Promise<void> {
    const { folders, engines, slots, log } = this.deps;
    for (const record of folders.read()) {
      const engine = engines.byName.get(record.engine) ?? engineThatIsGone(record.engine);
      const origin = record.assignment ? 'assigned' : 'local';
      const run = new Run(origin, record, record.priority, record.createdAtMs);
      run.begin(record.createdAtMs);
      this.#known.add(run, record.assignment);
      const live = { run, record, output: { heard: 0, reports: 0 } };
      const engineRun = await EngineRun.adopt(record.runId, folders, this.#listener(live));
      log.recovered(record.id, record.runId);
      this.#follow({ ...live, engineRun }, engine, slots.occupy(engine.name));
    }
  }

  /** Takes nothing new; what waits for a slot is cancelled. */
  drain(): void {
    this.#draining = true;
    for (const waiting of this.#waiting.values()) waiting.abort();
  }

  /** Resolves when nothing runs any more, or the time is over. */
  async idle(limitMs: number): Promise<void> {
    await waitUntil(() => this.#live.size === 0, limitMs);
  }

  /** Ends what still runs. */
  endAll(): void {
    for (const { engineRun } of this.live) engineRun.end('drain');
  }

  /** Leaves what runs to the guards. */
  leave(): void {
    for (const { engineRun } of this.live) engineRun.leave();
  }

  async #executeLocally(run: Run, plan: LaunchPlan): Promise<void> {
    const waiting = new AbortController();
    this.#waiting.set(run.about.id, waiting);
    const release = await this.deps.slots.acquire(plan.engine, run.priority, waiting.signal);
    this.#waiting.delete(run.about.id);
    if (release) await this.#launchLocally(run, plan, release);
    else run.end({ status: 'canceled', error: this.#reasonOf(run) || 'the daemon stops' }, Date.now());
  }

  async #launchLocally(run: Run, plan: LaunchPlan, release: Release): Promise<void> {
    try {
      await this.#launch(run, this.#note(run), plan, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  #note(run: Run, assignment?: Assignment): RunRecord {
    const { id, engine, playbook, inventory, variables } = run.about;
    const record: RunRecord = {
      ...{ id, engine, playbook, inventory, variables },
      runId: randomUUID().slice(0, 18),
      priority: run.priority,
      createdAtMs: run.createdAtMs,
      ...(assignment && { assignment }),
    };
    this.deps.folders.create(record);
    return record;
  }

  async #launch(
    run: Run,
    record: RunRecord,
    { engine, argv, env, addressMark, timeoutMs }: LaunchPlan,
    release: Release,
    leaseEndsMs = 0,
  ): Promise<void> {
    const { folders, guardProgram, outputFileBytes } = this.deps;
    const { runId } = record;
    const leaseMs = record.assignment?.leaseMs ?? 0;
    const order = {
      ...{ runId, argv, env, addressMark, timeoutMs, leaseMs, leaseEndsMs, outputFileBytes },
      folder: folders.of(runId),
      cwd: engine.cwd,
    };
    run.begin(Date.now());
    const live = { run, record, output: { heard: 0, reports: 0 } };
    const engineRun = await EngineRun.start(guardProgram, order, folders, this.#listener(live));
    this.#follow({ ...live, engineRun }, engine, release);
  }

  #listener({ run, record, output }: Omit<LiveRun, 'engineRun'>) {
    return {
      started: (atMs: number) => run.begin(atMs),
      output: (offset: number, chunk: Buffer) => {
        output.heard = offset + chunk.length;
        if (record.assignment) this.#reporter?.output(record.assignment, record, offset, chunk);
        return output.heard;
      },
      report: (report: EngineReport) => {
        output.reports += 1;
        if (report.kind === 'step') this.hearStep(record.id, report.update);
        else this.hearFinal(record.id, report.final);
      },
    };
  }

  #follow(live: LiveRun, engine: Engine, release: Release): void {
    const { id } = live.run.about;
    this.#live.set(id, live);
    const ending = this.#endings.get(id);
    if (ending) live.engineRun.end(ending.cause);
    this.deps.metrics.engines(this.#live.size);
    this.#conclude(live, engine)
      .catch((error: unknown) => this.deps.log.internalError('the end of a run', error))
      .finally(() => {
        this.#live.delete(id);
        this.deps.metrics.engines(this.#live.size);
        release();
      });
  }

  async #conclude({ run, record, engineRun, output }: LiveRun, engine: Engine): Promise<void> {
    const end = await engineRun.ended;
    const isAllHere = () => output.heard >= end.outputBytes && output.reports >= end.reports;
    await waitUntil(() => isAllHere() || engineRun.isGone, LAST_WORDS_MS);
    const verdict = judge(engine.verdict, end, end.final ?? run.final, this.#reasonOf(run));
    run.output = end.tail;
    run.exitCode = end.exitCode ?? -1;
    run.durationMs = end.durationMs;
    run.result = resultOf(run, end);
    const { assignment } = record;
    if (assignment) await this.#reporter?.ended(assignment, run, end, verdict);
    run.end(verdict, end.endedAtMs);
    this.deps.metrics.ended(engine.name, verdict.status, end.durationMs);
    this.deps.log.ended(record.id, verdict.status, verdict.error);
    if (!assignment || this.#reporter) engineRun.forget();
  }

  #fail(run: Run, error: unknown): void {
    if (!(error instanceof BoomerangError)) this.deps.log.internalError('the start of a run', error);
    run.end({ status: 'failed', error: (error as Error).message }, Date.now());
  }

  #reasonOf(run: Run): string {
    const reason = this.#endings.get(run.about.id)?.reason ?? '';
    this.#endings.delete(run.about.id);
    return reason;
  }
}

/** Asked for again with the same content: an answer may have been lost. */
function isSame({ about, origin }: Run, request: LaunchRequest): boolean {
  const same = about.playbook === request.playbook && about.inventory === request.inventory;
  return origin === 'local' && same && JSON.stringify(about.variables) === JSON.stringify(request.variables);
}

function resultOf(run: Run, { cpuMs, peakMemoryBytes, outputBytes }: EngineEnd): Record<string, string> {
  return {
    steps_seen: String(run.steps.seen),
    steps_done: String(run.steps.done),
    cpu_seconds: String(cpuMs / 1_000),
    peak_memory_bytes: String(peakMemoryBytes),
    output_bytes: String(outputBytes),
  };
}

/** An engine is gone before what it sent last is read. */
async function waitUntil(isSo: () => boolean, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (!isSo() && performance.now() < until) await sleep(20);
}

import { GuardLink } from '../guard/guard-link.js';
import type { EndCause, EngineEnd, EngineReport, GuardOrder } from '../guard/guard-messages.js';
import { launchGuard } from '../guard/launch-guard.js';
import { signalRun } from '../guard/processes.js';
import type { RunFolders } from './run-folders.js';

/** From the request to end to the force, ms. A lease that is over leaves no time: somebody else may run the same. */
const KILL_AFTER_MS = 10_000;

interface EngineRunListener {
  started(startedAtMs: number): void;
  /** Output from an offset on; returns from where it wants more. */
  output(offset: number, chunk: Buffer): number;
  report(report: EngineReport): void;
}

/** The daemon's side of one engine that runs under a guard. */
export class EngineRun {
  readonly ended: Promise<EngineEnd>;
  #link: GuardLink | undefined;
  /** By the boot clock; infinite where it isn't known, and for a run without a lease. */
  #leaseEndsMs = Number.POSITIVE_INFINITY;
  #settle: (end: EngineEnd) => void = () => undefined;

  private constructor(
    readonly runId: string,
    private readonly folders: RunFolders,
    private readonly listener: EngineRunListener,
  ) {
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * Starts an engine under a guard. Once this was called, `ended` tells in any case how it went.
   *
   * @param program the guard's `main.js`.
   */
  static async start(
    program: string,
    order: GuardOrder,
    folders: RunFolders,
    listener: EngineRunListener,
  ): Promise<EngineRun> {
    const run = new EngineRun(order.runId, folders, listener);
    try {
      await launchGuard(program, order);
      await run.#connect();
    } catch (error) {
      run.#settle(run.#endWithoutGuard(error as Error));
    }
    return run;
  }

  /** Finds an engine again that was started before: it runs, has ended, is lost, or was never started. */
  static async adopt(runId: string, folders: RunFolders, listener: EngineRunListener): Promise<EngineRun> {
    const run = new EngineRun(runId, folders, listener);
    await run.#connect();
    return run;
  }

  /** Whether there is no guard that could tell more. */
  get isGone(): boolean {
    return this.#link === undefined;
  }

  extend(leaseEndsMs: number): void {
    this.#leaseEndsMs = leaseEndsMs;
    this.#link?.extend(leaseEndsMs);
  }

  /** Kills what its guard should have ended by now: the guard itself may be stopped. */
  enforceLease(nowMs: number): void {
    if (nowMs < this.#leaseEndsMs) return;
    this.#leaseEndsMs = Number.POSITIVE_INFINITY;
    signalRun(this.runId, undefined, 'SIGKILL');
  }

  /** Asks it to end, and kills what is left after a while. */
  end(cause: EndCause): void {
    this.#link?.end(cause, cause === 'lease' ? 0 : KILL_AFTER_MS);
  }

  /** Leaves the engine to its guard. */
  leave(): void {
    this.#link?.close();
  }

  /** To be called once how it ended is kept elsewhere. */
  forget(): void {
    this.#link?.release();
    this.folders.remove(this.runId);
  }

  async #connect(): Promise<void> {
    this.#link = await GuardLink.open(this.folders.of(this.runId), 0, {
      started: (atMs) => this.listener.started(atMs),
      output: (offset, chunk) => this.listener.output(offset, chunk),
      report: (report) => this.listener.report(report),
      ended: (end) => this.#settle(end),
      lost: () => {
        this.#link = undefined;
        this.#settle(this.#endWithoutGuard());
      },
    });
    if (!this.#link) this.#settle(this.#endWithoutGuard());
  }

  /** What there is left of an engine whose guard is gone is ended. */
  #endWithoutGuard(error?: Error): EngineEnd {
    const neverStarted = this.folders.forbid(this.runId);
    const end = neverStarted ? undefined : this.folders.end(this.runId);
    if (end) return end;
    signalRun(this.runId, undefined, 'SIGKILL');
    return withoutEnd(neverStarted ? 'never' : 'lost', error?.message ?? 'the daemon ended before');
  }
}

function withoutEnd(cause: EndCause, error: string): EngineEnd {
  const nowMs = Date.now();
  return {
    cause,
    exitCode: null,
    signal: null,
    error,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    durationMs: 0,
    cpuMs: 0,
    peakMemoryBytes: 0,
    outputBytes: 0,
    tail: '',
    reports: 0,
  };
}

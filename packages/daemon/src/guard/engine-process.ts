import { type ChildProcess, spawn } from 'node:child_process';
import { bootNowMs } from './boot-clock.js';
import { type EndCause, type EngineEnd, type GuardOrder, RUN_MARK } from './guard-messages.js';
import type { OutputKeeper } from './output-keeper.js';
import { processesOfRun, signalRun } from './processes.js';
import { childrenCpuMs, peakMemoryBytes } from './resource-use.js';

/** From the request to end to the force, ms. */
const KILL_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** How long output is waited for that somebody else has a hand on, once all processes of the run are gone, ms. */
const LAST_OUTPUT_MS = 500;

/**
 * One engine, in a process group of its own.
 *
 * - *running*
 * - *ending*: it was asked to end (SIGTERM), and is killed when that takes too long; or it ended, and what it had started is
 *   ended likewise
 * - *ended*: nothing of it is left
 */
export class EngineProcess {
  readonly #startedAtMs = Date.now();
  readonly #startedMs = bootNowMs();
  #child: ChildProcess | undefined;
  #cause: EndCause = 'exit';
  #exit: { code: number | null; signal: string | null } | undefined;
  #error = '';
  #killAtMs: number | undefined;
  #killed = false;
  #closed = false;
  #goneMs: number | undefined;
  #peakMemoryBytes = 0;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly order: GuardOrder,
    private readonly output: OutputKeeper,
    private readonly ended: (end: EngineEnd) => void,
  ) {}

  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** @param address that the engine reports to. */
  start(address: string): void {
    const { argv, env, cwd, runId, addressMark } = this.order;
    const fill = (text: string) => text.replaceAll(addressMark, address);
    const [program = '', ...rest] = argv.map(fill);
    const filled = Object.entries(env).map(([name, value]) => [name, fill(value)]);
    try {
      this.#child = spawn(program, rest, {
        env: { ...Object.fromEntries(filled), [RUN_MARK]: runId },
        cwd,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      this.#failed(error as Error);
      return;
    }
    const child = this.#child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.output.take(chunk)).on('error', () => undefined);
    }
    child.once('error', (error) => this.#failed(error));
    child.once('exit', (code, signal) => {
      this.#exit ??= { code, signal };
      this.#killAtMs ??= bootNowMs() + KILL_AFTER_MS;
      this.#signal('SIGTERM');
    });
    child.once('close', () => {
      this.#closed = true;
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Ends it without having started it. */
  skip(cause: EndCause): void {
    this.#cause = cause;
    this.#finish();
  }

  /** Asks it to end, and kills it at a moment of the boot clock; the sooner of two requests counts. */
  end(cause: EndCause, killAtMs = bootNowMs() + KILL_AFTER_MS): void {
    if (this.#killAtMs === undefined) {
      if (!this.#exit) this.#cause = cause;
      this.#signal('SIGTERM');
    }
    this.#killAtMs = Math.min(killAtMs, this.#killAtMs ?? killAtMs);
  }

  #failed(error: Error): void {
    if (this.#child?.pid !== undefined) return;
    this.#cause = 'spawn';
    this.#error = error.message;
    this.#exit = { code: null, signal: null };
    this.#finish();
  }

  #look(): void {
    const now = bootNowMs();
    const pid = this.#child?.pid;
    if (!this.#exit && pid !== undefined && this.#looks++ % 10 === 0) {
      this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, peakMemoryBytes(pid));
    }
    if (this.#killAtMs !== undefined && now >= this.#killAtMs) {
      this.#killed = true;
      this.#signal('SIGKILL');
    }
    if (!this.#exit || processesOfRun(this.order.runId, pid).length > 0) return;
    this.#goneMs ??= now;
    if (this.#closed || now - this.#goneMs > LAST_OUTPUT_MS) this.#finish();
  }

  #signal(signal: NodeJS.Signals): void {
    signalRun(this.order.runId, this.#child?.pid, signal);
    // A process that is stopped takes SIGTERM when it goes on.
    if (signal === 'SIGTERM') signalRun(this.order.runId, this.#child?.pid, 'SIGCONT');
  }

  #finish(): void {
    clearInterval(this.#timer);
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    this.ended({
      cause: this.#cause,
      exitCode: code,
      signal: signal ?? (this.#killed && code === null ? 'SIGKILL' : null),
      error: this.#error,
      startedAtMs: this.#startedAtMs,
      endedAtMs: Date.now(),
      durationMs: bootNowMs() - this.#startedMs,
      cpuMs: childrenCpuMs(),
      peakMemoryBytes: this.#peakMemoryBytes,
      outputBytes: this.output.bytes,
      tail: this.output.tail(),
      reports: 0,
    });
  }
}

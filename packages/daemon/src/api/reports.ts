import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type EngineEnd, RUN_FILES } from '../guard/guard-messages.js';
import type { Run } from '../runs/run.js';
import type { RunFolders } from '../runs/run-folders.js';
import type { Assignment, RunRecord } from '../runs/run-record.js';
import type { RunReporter } from '../runs/runs.js';
import type { StepUpdate } from '../runs/steps.js';
import type { Verdict } from '../runs/verdict.js';
import type { Report, Spool } from '../spool/spool.js';

/** Least time between two reports of the same run's progress, ms; a step that failed is told at once. */
const PROGRESS_EVERY_MS = 200;
const MOST_TEXT = 4_096;
/** How much of the output stays with the task for as long as its outcome does, characters. */
const OUTPUT_IN_RESULT = 16_384;

interface OutputPosition {
  sequence: number;
  offset: number;
  readonly decoder: StringDecoder;
}

/** Writes what becomes of assigned runs into the spool. */
export class Reports implements RunReporter {
  readonly #progress = new Map<string, { readonly timer: NodeJS.Timeout; report: Report | undefined }>();
  readonly #output = new Map<string, OutputPosition>();

  /** @param added is called when there is something new to send. */
  constructor(
    private readonly spool: Spool,
    private readonly folders: RunFolders,
    private readonly added: () => void,
  ) {}

  step({ token }: Assignment, run: Run, update: StepUpdate): void {
    const report = progressOf(token, run, update);
    if (update.status === 'failed') this.#addProgress(report);
    else this.#later(token, report);
  }

  output({ token }: Assignment, { runId }: RunRecord, offset: number, chunk: Buffer): void {
    const position = this.#positionOf(token, runId);
    // What an earlier daemon has reported already.
    const fresh = chunk.subarray(Math.max(0, position.offset - offset));
    if (fresh.length === 0) return;
    const start = Math.max(offset, position.offset);
    const text = position.decoder.write(fresh);
    const data = { token, sequence: String(position.sequence), offset: String(start), chunk: text };
    position.sequence += 1;
    position.offset = start + fresh.length;
    this.#addProgress({ type: 'task.output', data });
    this.#keepPosition(runId, position);
  }

  async ended({ token }: Assignment, run: Run, end: EngineEnd, verdict: Verdict): Promise<void> {
    this.#flush(token);
    this.#output.delete(token);
    await this.result(resultOf(token, run, end, verdict));
  }

  /** Resolves when it outlives this process. */
  async result(report: Report): Promise<void> {
    const kept = this.spool.addResult(report);
    this.added();
    await kept;
  }

  close(): void {
    for (const token of [...this.#progress.keys()]) this.#flush(token);
  }

  #addProgress(report: Report): void {
    this.spool.addProgress(report);
    this.added();
  }

  /** Of what is reported in quick succession the last is told. */
  #later(token: string, report: Report): void {
    const waiting = this.#progress.get(token);
    if (waiting) {
      waiting.report = report;
      return;
    }
    this.#addProgress(report);
    const timer = setTimeout(() => this.#flush(token), PROGRESS_EVERY_MS);
    this.#progress.set(token, { timer, report: undefined });
  }

  #flush(token: string): void {
    const waiting = this.#progress.get(token);
    this.#progress.delete(token);
    clearTimeout(waiting?.timer);
    if (waiting?.report) this.#addProgress(waiting.report);
  }

  #positionOf(token: string, runId: string): OutputPosition {
    const known = this.#output.get(token);
    if (known) return known;
    const [sequence = 0, offset = 0] = this.#keptPosition(runId);
    const position = { sequence, offset, decoder: new StringDecoder('utf8') };
    this.#output.set(token, position);
    return position;
  }

  #keptPosition(runId: string): number[] {
    try {
      return readFileSync(join(this.folders.of(runId), RUN_FILES.reported), 'utf8')
        .split(' ')
        .map(Number);
    } catch {
      return [];
    }
  }

  #keepPosition(runId: string, { sequence, offset }: OutputPosition): void {
    try {
      writeFileSync(join(this.folders.of(runId), RUN_FILES.reported), `${sequence} ${offset}`, {
        mode: 0o600,
      });
    } catch {
      // A piece that is reported twice does no harm.
    }
  }
}

function progressOf(token: string, run: Run, { name, status, error }: StepUpdate): Report {
  const percent = status === 'failed' ? -1 : run.percent;
  const message = `${name}: ${status}${error === '' ? '' : `: ${error}`}`.slice(0, MOST_TEXT);
  return {
    type: 'task.progress',
    data: {
      token,
      progress: String(percent),
      message,
      'metadata.step': name.slice(0, MOST_TEXT),
      'metadata.status': status,
      'metadata.steps_seen': String(run.steps.seen),
      'metadata.steps_done': String(run.steps.done),
    },
  };
}

/** What the daemon has ended because it stops, or never started, is given back: that is no failed attempt. */
function resultOf(token: string, run: Run, { cause }: EngineEnd, { status, error }: Verdict): Report {
  if (cause === 'drain' || cause === 'never')
    return { type: 'task.rejected', data: { token, reason: error } };
  const exitCode = String(run.exitCode ?? -1);
  const told = { ...run.result, exit_code: exitCode, output: run.output.slice(-OUTPUT_IN_RESULT) };
  const result = Object.entries(told).map(([key, value]) => [`result.${key}`, value]);
  return {
    type: status === 'completed' ? 'task.completed' : 'task.failed',
    data: {
      token,
      exit_code: exitCode,
      output: run.output,
      error: error.slice(0, MOST_TEXT),
      ...(status === 'failed' && cause === 'timeout' && { timed_out: 'true' }),
      duration: String((run.durationMs ?? 0) / 1_000),
      ...Object.fromEntries(result),
    },
  };
}

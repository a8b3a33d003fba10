import type { FinalMessage } from '../runs/final-message.js';
import type { EngineReport } from './guard-messages.js';

/** A report that is longer is shortened: engines send a step's output whole. Characters. */
const MOST_OUTPUT = 16_384;
/** What is kept for a daemon that isn't there, characters; beyond it the oldest steps are forgotten. */
const MOST_KEPT = 16 * 1_048_576;
const AT_A_TIME = 32;

/** What an engine has reported, for the daemon of now and for one that comes later. */
export class ReportKeeper {
  readonly #reports: EngineReport[] = [];
  #first = 0;
  #kept = 0;
  #final: FinalMessage | undefined;

  /** How many there were. */
  get count(): number {
    return this.#first + this.#reports.length;
  }

  get final(): FinalMessage | undefined {
    return this.#final;
  }

  add(report: EngineReport): void {
    const short = shortened(report);
    if (short.kind === 'final') this.#final = short.final;
    this.#reports.push(short);
    this.#kept += sizeOf(short);
    while (this.#kept > MOST_KEPT && this.#reports.length > 1) {
      this.#kept -= sizeOf(this.#reports.shift() as EngineReport);
      this.#first += 1;
    }
  }

  /** Some from a number on; the first of them may be a later one. */
  from(wanted: number): { readonly from: number; readonly reports: readonly EngineReport[] } {
    const from = Math.max(wanted, this.#first);
    const start = from - this.#first;
    return { from, reports: this.#reports.slice(start, start + AT_A_TIME) };
  }
}

function shortened(report: EngineReport): EngineReport {
  if (report.kind === 'final') return report;
  const { update } = report;
  const error = update.error.slice(0, MOST_OUTPUT);
  return { kind: 'step', update: { ...update, error, output: update.output.slice(-MOST_OUTPUT) } };
}

function sizeOf(report: EngineReport): number {
  if (report.kind === 'final') return 0;
  const { name, output, error } = report.update;
  return 200 + name.length + output.length + error.length;
}

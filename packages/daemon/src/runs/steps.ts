export type StepStatus = 'running' | 'completed' | 'failed' | 'skipped';

/** What an engine says of a step. Times are Unix epoch ms by its clock; undefined = not said. */
export interface StepUpdate {
  /** Tells steps apart: a number or a name. */
  readonly key: string;
  readonly id: number;
  readonly name: string;
  readonly status: StepStatus;
  readonly output: string;
  readonly error: string;
  readonly startedAtMs: number | undefined;
  readonly completedAtMs: number | undefined;
}

/** A step as it was heard of last. */
export interface Step {
  readonly id: number;
  name: string;
  status: StepStatus;
  output: string;
  error: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  startedAtMs: number | undefined;
  completedAtMs: number | undefined;
  /** How often its begin was told, and how often its end. */
  begins: number;
  ends: number;
}

/** How much of a step's output is kept, characters: engines send it whole, which may be megabytes. */
const KEPT_OUTPUT = 16_384;
const MOST_STEPS = 10_000;

/**
 * The steps of a play, out of updates in any order. A loop, or several hosts, begin and end the same step several times; an end
 * may be told before its begin, and either may be lost.
 */
export class Steps {
  readonly #byKey = new Map<string, Step>();

  get all(): readonly Step[] {
    return [...this.#byKey.values()];
  }

  /** Begins that are known of, told or not. */
  get seen(): number {
    return this.all.reduce((sum, { begins, ends }) => sum + Math.max(begins, ends), 0);
  }

  get done(): number {
    return this.all.reduce((sum, { ends }) => sum + ends, 0);
  }

  /** Percent: steps done of steps seen. Until the end of the play one more is taken to come, so that it doesn't jump back. */
  get percent(): number {
    const { seen, done } = this;
    return Math.floor((100 * done) / Math.max(seen, done + 1));
  }

  hear(update: StepUpdate, nowMs: number): void {
    const step = this.#find(update, nowMs);
    if (!step) return;
    step.updatedAtMs = nowMs;
    if (update.name !== '') step.name = update.name;
    if (update.status === 'running') hearBegin(step, update, nowMs);
    else hearEnd(step, update, nowMs);
  }

  #find({ key, id, name }: StepUpdate, nowMs: number): Step | undefined {
    const known = this.#byKey.get(key);
    if (known || this.#byKey.size >= MOST_STEPS) return known;
    const step: Step = {
      id,
      name,
      status: 'running',
      output: '',
      error: '',
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      startedAtMs: undefined,
      completedAtMs: undefined,
      begins: 0,
      ends: 0,
    };
    this.#byKey.set(key, step);
    return step;
  }
}

/** By the engine's times, and not by the order of arrival. */
function hearBegin(step: Step, { startedAtMs }: StepUpdate, nowMs: number): void {
  step.begins += 1;
  const isOvertaken = step.begins <= step.ends && (startedAtMs ?? 0) <= (step.completedAtMs ?? 0);
  step.startedAtMs = Math.max(startedAtMs ?? nowMs, step.startedAtMs ?? 0);
  if (!isOvertaken) step.status = 'running';
}

function hearEnd(step: Step, update: StepUpdate, nowMs: number): void {
  step.ends += 1;
  const endedAtMs = update.completedAtMs ?? nowMs;
  const isNewest = endedAtMs >= (step.completedAtMs ?? 0);
  step.completedAtMs = Math.max(endedAtMs, step.completedAtMs ?? 0);
  if (!isNewest) return;
  step.output = update.output.slice(-KEPT_OUTPUT);
  step.error = update.error;
  if (step.ends >= step.begins || endedAtMs >= (step.startedAtMs ?? 0)) step.status = update.status;
}

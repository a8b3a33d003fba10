import type { Registration } from '@boomerang/client';
import type { Paint } from '../paint.js';
import type { Arrival, Arrivals } from './arrivals.js';
import type { Expectation } from './expectations.js';
import { milliseconds, type SummaryTask, summaryTable } from './summary.js';

interface Labelled {
  readonly label: string;
}

interface Failure {
  readonly attempt: number;
  readonly error: string;
  readonly durationMs: number;
}

const TASK_COLOURS: Readonly<Record<string, keyof Paint>> = {
  'task.submitted': 'yellow',
  'task.completed': 'green',
  'task.cancelled': 'red',
  'task.retrying': 'red',
};

/** Prints every line of the demo. */
export class Reporter {
  readonly #startedAt = performance.now();

  constructor(
    private readonly paint: Paint,
    private readonly print: (line: string) => void,
  ) {}

  note(text: string): void {
    this.print(this.paint.dim(text));
  }

  registered({ label }: Labelled, { taskId }: Registration): void {
    this.#event(this.paint.yellow('→ registered '), label, this.paint.dim(taskId));
  }

  cancelled({ label }: Labelled): void {
    this.#event(this.paint.yellow('× cancelled  '), label, '');
  }

  arrived(label: string, { callback, latenessMs }: Arrival): void {
    const { attempt, occurrence } = callback;
    const which = attempt > 1 ? `, attempt ${attempt}` : occurrence > 1 ? `, occurrence ${occurrence}` : '';
    const late = `${milliseconds(latenessMs)} late${attempt > 1 ? ' as a retry' : ''}`;
    this.#event(this.paint.green('← called back'), label + which, late);
  }

  /** @param place the bucket or destination of the dead letter. */
  deadLetter(label: string, place: string, history: readonly Failure[]): void {
    this.#event(this.paint.red('† dead letter'), label, place);
    for (const { attempt, error, durationMs } of history) {
      this.print(
        this.paint.dim(`                            attempt ${attempt}: ${error} (after ${durationMs} ms)`),
      );
    }
  }

  forwarded({ label }: Labelled, destination: string, deadLetterId: string): void {
    this.#event(this.paint.yellow('⇒ forwarded  '), label, `${destination} has ${deadLetterId}`);
  }

  replayed({ label }: Labelled, taskId: string): void {
    this.#event(this.paint.yellow('↻ replayed   '), label, this.paint.dim(taskId));
  }

  /** @param type of an event of the API, such as `task.completed`. */
  task(type: string, name: string, detail: string): void {
    const what = type.replace('task.', '').padEnd(13);
    const paint = this.paint[TASK_COLOURS[type] ?? 'dim'];
    this.#event(paint(what), name, detail);
  }

  summary(plan: readonly SummaryTask[], arrivals: Arrivals, clockErrorMs: number): void {
    this.print(`\n${summaryTable(plan, arrivals)}`);
    const error = clockErrorMs.toFixed(2);
    this.note(
      '  Lateness is arrival at the receiver minus scheduled time, of first attempts, by the clock of Redis',
    );
    this.note(`  (TIME; this host's offset to it is measured to ±${error} ms).\n`);
  }

  verdict(expectations: readonly Expectation[]): void {
    const missing = expectations.filter((expectation) => expectation.missing !== undefined);
    for (const { text, missing: what } of missing)
      this.print(this.paint.red(`demo: expected ${text}; but ${what}`));
    const result =
      missing.length === 0
        ? this.paint.green(`demo: all ${expectations.length} expectations met`)
        : this.paint.red(`demo: ${missing.length} of ${expectations.length} expectations not met`);
    this.print(this.paint.bold(result));
  }

  #event(what: string, label: string, detail: string): void {
    const at = ((performance.now() - this.#startedAt) / 1_000).toFixed(3).padStart(7);
    this.print(`${this.paint.dim(`${at} s`)}  ${what}  ${label.padEnd(42)} ${detail}`.trimEnd());
  }
}

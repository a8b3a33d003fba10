import { invalidField, quote } from '@boomerang/domain';
import { Run, type RunAbout } from './run.js';
import type { Assignment } from './run-record.js';

/** Ended and observed runs that are kept. */
const MOST_KEPT = 1_000;
const MOST_ID_BYTES = 256;

/** Runs by the ids that engines and callers know them by: those that go on, and the newest of the others. */
export class KnownRuns {
  readonly #byId = new Map<string, Run>();
  /** Tokens of what the API assigned, by run. */
  readonly #tokens = new Map<string, string>();

  get(id: string): Run | undefined {
    return this.#byId.get(id);
  }

  /**
   * The run of an id, be it one that this daemon has not started.
   *
   * @throws BoomerangError `invalid_request` if nothing can have that id.
   */
  observe(id: string, about: Partial<RunAbout>): Run {
    const known = this.#byId.get(id);
    if (known) {
      if (known.origin === 'observed') known.about = { ...known.about, ...about };
      return known;
    }
    if (id === '' || Buffer.byteLength(id) > MOST_ID_BYTES) {
      throw invalidField('id', `${quote(id)} is none`, `1 to ${MOST_ID_BYTES} bytes`);
    }
    const nothing = { id, engine: '', playbook: '', inventory: '', variables: {} };
    const run = new Run('observed', { ...nothing, ...about }, 0, Date.now());
    run.begin(Date.now());
    this.add(run);
    return run;
  }

  add(run: Run, assignment?: Assignment): void {
    this.#byId.set(run.about.id, run);
    if (assignment) this.#tokens.set(run.about.id, assignment.token);
    if (this.#byId.size > MOST_KEPT) this.#forgetOne();
  }

  /** The id of what goes on under a token of the API. */
  underToken(token: string): string | undefined {
    for (const [id, other] of this.#tokens) {
      if (other === token && this.#byId.get(id)?.hasEnded === false) return id;
    }
    return undefined;
  }

  forget(id: string): void {
    this.#byId.delete(id);
    this.#tokens.delete(id);
  }

  /** The oldest that has ended; of those that were only observed, also one that goes on if they are very many. */
  #forgetOne(): void {
    for (const [id, { hasEnded, origin }] of this.#byId) {
      if (!hasEnded && (origin !== 'observed' || this.#byId.size <= 2 * MOST_KEPT)) continue;
      this.forget(id);
      return;
    }
  }
}

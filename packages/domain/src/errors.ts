import type { ErrorCode } from './error-codes.js';

/** How a door writes a field that the domain calls `delayMs` or `retry.maxAttempts`. */
export type Spelling = (field: string) => string;

/** A text for people; with fields in it, a function of how they are spelled for whoever reads it. */
export type Wording = string | ((spell: Spelling) => string);

/** A limit that was reached, for programs. */
export interface ReachedLimit {
  readonly name: string;
  readonly most: number;
  /** What the limit is counted over, ms; undefined where it is not counted over time. */
  readonly windowMs?: number;
  /** How long to wait before asking again, ms. */
  readonly retryAfterMs: number;
}

interface BoomerangErrorOptions extends ErrorOptions {
  /** The field that the error is about, by the domain's name. */
  readonly field?: string;
  /** What would be right instead. */
  readonly allowed?: Wording;
  /** The limit that is reached. */
  readonly limit?: ReachedLimit;
}

/** The one error class that is passed on to callers. */
export class BoomerangError extends Error {
  override readonly name = 'BoomerangError';
  /** The field that it is about, by the domain's name; undefined if it is about none. */
  readonly field: string | undefined;
  /** The client's limit that was reached; undefined if it is about none. */
  readonly limit: ReachedLimit | undefined;
  readonly #wording: Wording;
  readonly #allowed: Wording | undefined;

  constructor(
    readonly code: ErrorCode,
    wording: Wording,
    { field, allowed, limit, ...options }: BoomerangErrorOptions = {},
  ) {
    super(inWords(wording, asItIs), options);
    this.field = field;
    this.limit = limit;
    this.#wording = wording;
    this.#allowed = allowed;
  }

  /** The message, with fields spelled as its reader knows them. */
  messageIn(spell: Spelling): string {
    return inWords(this.#wording, spell);
  }

  /** What would be right instead, as the message tells it; undefined where the message tells nothing of the kind. */
  allowedIn(spell: Spelling): string | undefined {
    return this.#allowed === undefined ? undefined : inWords(this.#allowed, spell);
  }

  /** Any thrown value as a BoomerangError; one of another class becomes `internal`. */
  static from(thrown: unknown): BoomerangError {
    if (thrown instanceof BoomerangError) return thrown;
    return new BoomerangError('internal', 'internal error', { cause: thrown });
  }
}

/** An `invalid_request` about one field: `delayMs: 5 is below 100; allowed: 100 to 1000`. */
export function invalidField(field: string, problem: Wording, allowed: Wording): BoomerangError {
  const wording: Wording = (spell) =>
    `${spell(field)}: ${inWords(problem, spell)}; allowed: ${inWords(allowed, spell)}`;
  return new BoomerangError('invalid_request', wording, { field, allowed });
}

function inWords(wording: Wording, spell: Spelling): string {
  return typeof wording === 'string' ? wording : wording(spell);
}

function asItIs(field: string): string {
  return field;
}

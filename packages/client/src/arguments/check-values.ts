import { unusable, unusableSecret } from './invalid-argument.js';

/** What `checkWhole` takes. */
export interface WholeRange {
  readonly least: number;
  readonly most: number;
  /** Of what, where it isn't a mere count: `milliseconds`. */
  readonly unit?: string;
}

// Each throws a BoomerangClientError `INVALID_REQUEST` that names the argument, what was given and what is taken, and
// otherwise answers the value.

export function checkWhole(field: string, value: number, { least, most, unit }: WholeRange): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const kind = unit ? `a whole number of ${unit}` : 'a whole number';
  throw unusable(field, value, `${kind} from ${least} to ${most}`);
}

/**
 * A point in time.
 *
 * @param least 1 where the wire's 0 would mean that there is no such bound.
 */
export function checkEpochMs(field: string, value: number, least: 0 | 1): number {
  return checkWhole(field, value, {
    least,
    most: Number.MAX_SAFE_INTEGER,
    unit: 'milliseconds (Unix epoch)',
  });
}

/** A text that isn't empty and can be written as UTF-8. */
export function checkText(field: string, value: string, allowed = 'a text that is not empty'): string {
  if (isText(value)) return value;
  throw unusable(field, value, allowed);
}

/** As `checkText`; the value is never shown. */
export function checkSecretText(field: string, value: string, allowed: string): string {
  if (isText(value) && !/\s/.test(value)) return value;
  throw unusableSecret(field, value, `${allowed}, without blanks or line ends`);
}

export function checkFlag(field: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw unusable(field, value, 'true or false');
}

export function checkOneOf<T extends string>(field: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw unusable(field, value, allowed.join(', '));
}

export function checkFunction<T>(field: string, value: T): T {
  if (typeof value === 'function') return value;
  throw unusable(field, value, 'a function');
}

function isText(value: unknown): boolean {
  // A lone surrogate has no UTF-8: it would be replaced in silence.
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

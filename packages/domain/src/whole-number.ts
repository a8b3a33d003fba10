import { invalidField } from './errors.js';

/** Throws unless `value` is a whole number from `min` to `max`, both included. */
export function requireWholeNumber(field: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw invalidField(field, `${value} is out of range`, `a whole number from ${min} to ${max}`);
}

import { invalidArgument, unusable } from './invalid-argument.js';

/** Every option of `T`, so that the compiler notices one that is forgotten. */
export type OptionNames<T> = Readonly<Record<keyof T & string, true>>;

/**
 * Refuses what is no object of options, and options that don't exist: a misspelt one would be ignored in silence.
 *
 * @param prefix of nested options, such as `retry.`
 * @throws BoomerangClientError `INVALID_REQUEST`.
 */
export function checkOptions(
  field: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
  prefix = '',
): void {
  if (!isObject(options)) throw unusable(field, options, `an object with ${list(names)}`);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) {
      throw invalidArgument(`${prefix}${name}`, 'there is no such option', list(names));
    }
  }
}

/** @throws BoomerangClientError `INVALID_REQUEST` for arrays, promises, bytes and whatever else isn't a mere object. */
export function requireObject(field: string, value: unknown, allowed: string): asserts value is object {
  if (!isObject(value)) throw unusable(field, value, allowed);
}

function isObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function list(names: Readonly<Record<string, true>>): string {
  return Object.keys(names).join(', ');
}

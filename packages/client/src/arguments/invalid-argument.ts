import { types } from 'node:util';
import { quote } from '@boomerang/domain';
import { BoomerangClientError } from '../connection/client-error.js';

/** The refusal of an argument, before anything is sent: what was given under which name, and what is taken. */
export function invalidArgument(field: string, problem: string, allowed: string): BoomerangClientError {
  return new BoomerangClientError('INVALID_REQUEST', `${field}: ${problem}; allowed: ${allowed}`, { field });
}

/** The same, where the value itself is told. Not for secrets. */
export function unusable(field: string, value: unknown, allowed: string): BoomerangClientError {
  return invalidArgument(field, `${describeGiven(value)} can't be used`, allowed);
}

/** The same for a secret: of a value only its kind is told. */
export function unusableSecret(field: string, value: unknown, allowed: string): BoomerangClientError {
  const given = typeof value === 'string' ? describeText(value) : describeKind(value);
  return invalidArgument(field, `${given} can't be used`, allowed);
}

function describeGiven(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeKind(value);
}

function describeText(text: string): string {
  return text === '' ? 'an empty text' : 'this text';
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (types.isPromise(value)) return 'a promise (is an "await" missing?)';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return name === 'Object' ? 'an object' : `an object of the kind ${name}`;
}

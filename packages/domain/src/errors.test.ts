import { expect, test } from 'vitest';
import { BoomerangError, invalidField } from './errors.js';

const inUpperCase = (field: string) => field.toUpperCase();

test('an error names its field as data, and in its message by the name that its reader knows', () => {
  const error = invalidField('low', (spell) => `5 is above ${spell('high')}`, '1 to 4');
  expect(error).toMatchObject({ code: 'invalid_request', field: 'low' });
  expect(error.message).toBe('low: 5 is above high; allowed: 1 to 4');
  expect(error.messageIn(inUpperCase)).toBe('LOW: 5 is above HIGH; allowed: 1 to 4');
});

test('what a caller sent is never taken for the name of a field', () => {
  const error = invalidField('text', '"low" is none', 'another');
  expect(error.messageIn(inUpperCase)).toBe('TEXT: "low" is none; allowed: another');
});

test('what is no error of this kind becomes one that tells nothing of itself', () => {
  const cause = new TypeError('secret');
  const error = BoomerangError.from(cause);
  expect(error).toMatchObject({ code: 'internal', message: 'internal error', field: undefined, cause });
  expect(BoomerangError.from(error)).toBe(error);
});

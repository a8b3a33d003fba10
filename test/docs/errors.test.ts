import { BoomerangError, type ErrorCode } from '@boomerang/domain';
import { boomerang, MAX_FRAME_BYTES, MAX_FRAME_BYTES_BEFORE_SESSION } from '@boomerang/protocol';
import { describe, expect, test } from 'vitest';
import { TIME_LIMITS } from '../../services/gateway/dist/doors/shared/limits.js';
import { REFUSAL_ERRORS } from '../../services/gateway/dist/doors/tcp/refusal.js';
import { errorToWire } from '../../services/gateway/dist/envelope/status.js';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('docs/errors.md');

/** The members of the union, in their order: types are gone at run time, so they are read from the source. */
function errorCodes(): ErrorCode[] {
  const source = readFromRoot('packages/domain/src/errors.ts').replace(/\/\*[\s\S]*?\*\//g, '');
  const union = /^export type ErrorCode =([^;]*);/m.exec(source)?.[1];
  return [...(union ?? '').matchAll(/\| '(\w+)'/g)].map(([, code]) => code as ErrorCode);
}

describe('docs/errors.md', () => {
  test('tells every code and its status on the wire', () => {
    const documented = tableUnder(page, 'Errors, code by code').map(({ code, ...row }) => [
      code,
      row['status on the wire'],
    ]);
    const actual = errorCodes().map((code) => [
      code,
      boomerang.Status[errorToWire(new BoomerangError(code, '')).status],
    ]);
    expect(actual).not.toEqual([]);
    expect(documented).toEqual(actual);
  });

  test('tells every code of an error response', () => {
    const documented = tableUnder(page, 'Messages that have no answer of their own');
    const refusals = Object.entries(REFUSAL_ERRORS).map(([code, error]) => [
      code,
      boomerang.Status[errorToWire(new BoomerangError(error, '')).status],
    ]);
    expect(documented.map(({ status, ...row }) => [row['`code` in `error_response`'], status])).toEqual([
      ['INVALID_REQUEST', 'INVALID_REQUEST'],
      ...refusals,
    ]);
    expect(page).toContain(`more than ${MAX_FRAME_BYTES.toLocaleString('en')} bytes`);
    expect(page).toContain(`more than ${MAX_FRAME_BYTES_BEFORE_SESSION.toLocaleString('en')} before`);
    expect(page).toContain(`more than ${TIME_LIMITS.frameMs / 1_000} s from its first byte`);
    expect(page).toContain(`no live session within ${TIME_LIMITS.sessionMs / 1_000} s`);
    expect(page).toContain(`reads nothing of its answers for ${TIME_LIMITS.unreadMs / 1_000} s`);
  });
});

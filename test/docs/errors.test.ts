import { BoomerangError, ERROR_CODES, type ErrorCode } from '@boomerang/domain';
import { boomerang, MAX_FRAME_BYTES, MAX_FRAME_BYTES_BEFORE_SESSION } from '@boomerang/protocol';
import { describe, expect, test } from 'vitest';
import { TIME_LIMITS } from '../../services/gateway/dist/doors/shared/limits.js';
import { errorToWire } from '../../services/gateway/dist/envelope/status.js';
import { REFUSAL_ERRORS } from '../../services/gateway/dist/refusal.js';
import { readFromRoot, tableUnder } from './markdown.js';

const page = readFromRoot('docs/errors.md');

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const statusOf = (code: ErrorCode) => boomerang.Status[errorToWire(new BoomerangError(code, '')).status];

/** The members of a union of texts: types are gone at run time, so they are read from the source. */
function unionIn(file: string, type: string): string[] {
  const source = readFromRoot(`packages/client/src/connection/${file}`);
  const union = new RegExp(`export type ${type} =([^;]*);`).exec(source)?.[1] ?? '';
  return [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code as string);
}

describe('docs/errors.md', () => {
  test('tells every code, and what each door makes of it', () => {
    const documented = tableUnder(page, 'Errors, code by code').map((row) => [
      row.code,
      row.envelope,
      row.gRPC,
      row.HTTP,
      row['repeating it is'],
    ]);
    const actual = CODES.map((code) => {
      const { grpc, http, retry } = ERROR_CODES[code];
      return [code, statusOf(code), grpc, String(http), retry];
    });
    expect(documented).toEqual(actual);
  });

  test("tells every code of the TypeScript client's own errors", () => {
    const documented = tableUnder(page, 'Errors of the TypeScript client').map((row) => [
      row.class,
      row.code,
    ]);
    const own = documented.filter(([name]) => name !== 'BoomerangClientError');
    expect(own).toEqual([
      ...unionIn('connect-error.ts', 'ConnectErrorCode').map((code) => ['ConnectError', code]),
      ['RequestTimeoutError', 'timeout'],
      ...unionIn('connection-closed-error.ts', 'ConnectionClosedCode').map((code) => [
        'ConnectionClosedError',
        code,
      ]),
    ]);
  });

  test('tells every reason of an error response', () => {
    const documented = tableUnder(page, 'Messages that have no answer of their own').map((row) => [
      row['`code` in `error_response`'],
      row.error_code,
      row.status,
    ]);
    const refusals = Object.entries(REFUSAL_ERRORS).map(([reason, code]) => [reason, code, statusOf(code)]);
    expect(documented).toEqual([['INVALID_REQUEST', 'invalid_request', 'INVALID_REQUEST'], ...refusals]);
    expect(page).toContain(`more than ${MAX_FRAME_BYTES.toLocaleString('en')} bytes`);
    expect(page).toContain(`more than ${MAX_FRAME_BYTES_BEFORE_SESSION.toLocaleString('en')} before`);
    expect(page).toContain(`more than ${TIME_LIMITS.frameMs / 1_000} s from its first byte`);
    expect(page).toContain(`no live session within ${TIME_LIMITS.sessionMs / 1_000} s`);
    expect(page).toContain(`reads nothing of its answers for ${TIME_LIMITS.unreadMs / 1_000} s`);
  });
});

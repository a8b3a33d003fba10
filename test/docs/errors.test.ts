import { BoomerangError, type ErrorCode } from '@boomerang/domain';
import { boomerang, FrameError, MAX_FRAME_BYTES, MalformedEnvelopeError } from '@boomerang/protocol';
import { describe, expect, test } from 'vitest';
import { errorToWire } from '../../services/gateway/dist/tcp/status.js';
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
    expect(documented.map((row) => row['`code` in `error_response`'])).toEqual([
      'INVALID_REQUEST',
      new FrameError(1, 0, []).code,
      new MalformedEnvelopeError(0, undefined).code,
    ]);
    expect(page).toContain(`more than ${MAX_FRAME_BYTES.toLocaleString('en')} bytes`);
  });
});

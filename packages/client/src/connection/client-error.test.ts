import { boomerang } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { requireOk } from './client-error.js';

const { Status } = boomerang;

test.each([
  [{ status: Status.INVALID_REQUEST, errorMessage: 'no', code: 'SLOW_FRAME' }, 'SLOW_FRAME'],
  [{ status: Status.ERROR, errorMessage: 'no', code: 'unavailable' }, 'unavailable'],
  [{ status: Status.INVALID_REQUEST, errorMessage: 'no' }, 'invalid_request'],
  [{ status: Status.UNAUTHORIZED, code: '' }, 'unauthorized'],
  [{ status: Status.SESSION_EXPIRED }, 'session_expired'],
  [{ status: Status.ERROR }, 'outcome_unknown'],
  [{ status: 99 }, 'outcome_unknown'],
])('the refusal %o has the code %s', (answer, code) => {
  expect(() => requireOk(answer)).toThrow(expect.objectContaining({ code, field: undefined }));
});

import { boomerang } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { requireOk } from './client-error.js';

const { Status } = boomerang;

test.each([
  [{ status: Status.ERROR, code: 'TOO_MANY_CONNECTIONS', errorCode: 'exhausted' }, 'exhausted', 'safe'],
  [{ status: Status.INVALID_REQUEST, code: 'SLOW_FRAME' }, 'invalid_request', 'useless'],
  [{ status: Status.ERROR, errorMessage: 'no', code: 'unavailable' }, 'unavailable', 'safe'],
  [{ status: Status.INVALID_REQUEST, code: 'not_found' }, 'not_found', 'useless'],
  [{ status: Status.INVALID_REQUEST, code: 'of_a_newer_release' }, 'invalid_request', 'useless'],
  [{ status: Status.INVALID_REQUEST, code: 'constructor' }, 'invalid_request', 'useless'],
  [{ status: Status.INVALID_REQUEST, errorMessage: 'no' }, 'invalid_request', 'useless'],
  [{ status: Status.UNAUTHORIZED, code: '' }, 'unauthorized', 'useless'],
  [{ status: Status.SESSION_EXPIRED }, 'session_expired', 'useless'],
  [{ status: Status.ERROR }, 'outcome_unknown', 'unsafe'],
  [{ status: 99 }, 'outcome_unknown', 'unsafe'],
])('the refusal %o has the code %s, and repeating is %s', (answer, code, retry) => {
  expect(() => requireOk(answer)).toThrow(expect.objectContaining({ code, retry, field: undefined }));
});

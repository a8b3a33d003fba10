import { AddressRefusedError } from '@boomerang/address-guard';
import { expect, test } from 'vitest';
import { connectFailure } from './connect-failure.js';

const withCode = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

test.each(['EMFILE', 'ENFILE'])('%s is what the worker lacks, not a failure of the receiver', (code) => {
  expect(connectFailure(withCode(code))).toEqual({ kind: 'starved', error: `connect ${code}` });
});

test.each(['ECONNREFUSED', 'EHOSTUNREACH', 'EADDRNOTAVAIL'])('%s is a failed attempt', (code) => {
  expect(connectFailure(withCode(code))).toMatchObject({ kind: 'retryable', errorClass: 'connect' });
});

test('only an address that is refused for good ends an occurrence', () => {
  const address = { errorClass: 'address', error: 'callbacks to x (private) are not allowed' };
  const refused = (forGood: boolean) => connectFailure(new AddressRefusedError('x', 'private', forGood));
  expect(refused(true)).toEqual({ kind: 'terminal', ...address });
  expect(refused(false)).toEqual({ kind: 'retryable', ...address });
});

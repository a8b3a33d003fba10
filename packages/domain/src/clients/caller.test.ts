import { expect, test } from 'vitest';
import { type Caller, requirePermission } from './caller.js';
import { DEFAULT_PERMISSIONS, PERMISSIONS } from './permission.js';

const caller = (permissions: Caller['permissions']): Caller => ({
  clientId: 'shop',
  keyId: 'k1',
  permissions,
  policy: undefined,
});

test('a key without permissions of its own has all but admin', () => {
  for (const permission of PERMISSIONS) {
    const required = () => requirePermission(caller(DEFAULT_PERMISSIONS), permission);
    if (permission === 'admin') expect(required).toThrow();
    else required();
  }
});

test('a key that lacks the permission is told so, and what it has', () => {
  expect(() => requirePermission(caller(['read', 'manage']), 'register')).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: 'the key k1 lacks the permission "register"; it has: read, manage',
    }),
  );
  expect(() => requirePermission({ ...caller([]), keyId: undefined }, 'read')).toThrow(
    /^this key lacks .* it has: none$/,
  );
});

import { BoomerangError } from '../errors.js';
import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { Permission } from './permission.js';

/** A key that was found good: whose it is, and what it may be used for. */
export interface AuthenticatedKey {
  readonly clientId: string;
  /** The key's public part. */
  readonly keyId: string;
  readonly permissions: readonly Permission[];
}

/** Who asks for something. Each door finds that out in its own way: over TCP by a session id. */
export interface Caller {
  readonly clientId: string;
  /** Undefined in a session that was opened by a release which did not note the key. */
  readonly keyId: string | undefined;
  readonly permissions: readonly Permission[];
  /** What its tasks are registered under; undefined where the caller has set none. */
  readonly policy: DeliveryPolicy | undefined;
}

/** @throws BoomerangError `forbidden` unless the caller's key may be used for this. */
export function requirePermission({ keyId, permissions }: Caller, permission: Permission): void {
  if (permissions.includes(permission)) return;
  const key = keyId === undefined ? 'this key' : `the key ${keyId}`;
  const has = permissions.length === 0 ? 'none' : permissions.join(', ');
  throw new BoomerangError('forbidden', `${key} lacks the permission "${permission}"; it has: ${has}`);
}

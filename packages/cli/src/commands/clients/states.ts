import type { ClientDetails, KeyDetails } from '@boomerang/domain';

/** Whether a key is good. Keys that have expired are not listed any more. */
export function isLive({ revokedAt }: KeyDetails): boolean {
  return revokedAt === undefined;
}

export function stateOfClient({ clientId, removingSince }: ClientDetails): string {
  if (removingSince === undefined) return 'in use';
  return `being removed since ${removingSince}: \`remove ${clientId}\` goes on with it`;
}

export function stateOfKey({ revokedAt, expiresAt }: KeyDetails): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  return expiresAt === undefined ? 'good' : `good until ${expiresAt}`;
}

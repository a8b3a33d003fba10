import { type Caller, requirePermission } from '@boomerang/domain';

/**
 * Whose figures are asked for; undefined = those of all clients.
 *
 * @param client '' = all for who may administer, otherwise the caller's own.
 * @throws BoomerangError `forbidden` if another client's are asked for without the permission "admin".
 */
export function whose(caller: Caller, client: string): string | undefined {
  if (client === caller.clientId) return client;
  if (client === '') return caller.permissions.includes('admin') ? undefined : caller.clientId;
  requirePermission(caller, 'admin');
  return client;
}

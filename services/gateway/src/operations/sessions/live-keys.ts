import {
  BoomerangError,
  type Caller,
  type ClientStore,
  DEFAULT_PERMISSIONS,
  type Permission,
} from '@boomerang/domain';
import { FreshCache } from './fresh-cache.js';
import type { KeyUses } from './key-uses.js';

/** A key by whose session something is asked. */
type KeyOf = Pick<Caller, 'clientId' | 'keyId'>;

/**
 * Which keys are still good, and what for. Whatever a key has opened asks here at each use: so it ends within a second of
 * the key's revocation or expiry, or of the removal of its client.
 */
export class LiveKeys {
  readonly #permissions: FreshCache<readonly Permission[]>;

  /** @param onEnded hears of a key that was in use and is not good any more. */
  constructor(
    private readonly store: ClientStore,
    private readonly uses: KeyUses,
    private readonly onEnded: (key: KeyOf) => void,
    monotonicMs?: () => number,
  ) {
    this.#permissions = new FreshCache((id, before) => this.#read(id, before), monotonicMs);
  }

  /** What a key that was found good may be used for now; undefined when it is not good any more. */
  async permissionsOf(key: KeyOf): Promise<readonly Permission[] | undefined> {
    return this.#permissions.get(idOf(key));
  }

  /**
   * The caller with what its key may be used for now; itself where that is known and has not changed.
   *
   * @throws BoomerangError `session_expired` when the key is not good any more.
   */
  check<C extends Caller>(caller: C): C | Promise<C> {
    const permissions = this.#permissions.get(idOf(caller));
    return permissions instanceof Promise
      ? permissions.then((read) => withPermissions(caller, read))
      : withPermissions(caller, permissions);
  }

  async #read(id: string, before: readonly Permission[] | undefined) {
    const key = keyOf(id);
    const permissions = await this.store.permissionsNow(key.clientId, key.keyId);
    if (!permissions && before) this.onEnded(key);
    if (permissions && key.keyId !== undefined) this.uses.note(key.keyId);
    // The same list as long as it says the same, so that callers stay the same objects.
    const known = [DEFAULT_PERMISSIONS, before].find((each) => String(each) === String(permissions));
    return known ?? permissions;
  }
}

function withPermissions<C extends Caller>(caller: C, permissions: readonly Permission[] | undefined): C {
  if (!permissions) {
    const problem = 'session ended: its key was revoked or has expired, or its client was removed';
    throw new BoomerangError('session_expired', problem);
  }
  return caller.permissions === permissions ? caller : { ...caller, permissions };
}

/** Neither part can contain a blank. */
function idOf({ clientId, keyId = '' }: KeyOf): string {
  return `${clientId} ${keyId}`;
}

function keyOf(id: string): KeyOf {
  const [clientId = '', keyId] = id.split(' ');
  return { clientId, keyId: keyId || undefined };
}

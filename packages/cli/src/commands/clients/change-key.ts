import { changeKey, type KeyRights } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { tell } from '../../tell.js';
import { audited } from './audited.js';
import { parseKeyOptions } from './key-options.js';

/** As they were typed. */
export interface ChangeOptions {
  readonly permissions?: string;
  readonly addresses?: string;
}

/** @throws Error, or BoomerangError, that names what is allowed. */
export async function changeClientKey(
  env: Environment,
  clientId: string,
  keyId: string,
  { permissions, addresses }: ChangeOptions,
): Promise<void> {
  const asked: Partial<KeyRights> = {
    ...(permissions !== undefined && parseKeyOptions({ permissions })),
    ...(addresses !== undefined && { addresses: parseAddresses(addresses) }),
  };
  if (Object.keys(asked).length === 0)
    throw new Error('nothing to change: give --permissions, --addresses or both');
  const details = Object.fromEntries(Object.entries(asked).map(([name, list]) => [name, list.join(',')]));
  const { before, after } = await audited(env, { action: 'key.change', clientId, keyId, details }, (redis) =>
    changeKey(redis, clientId, keyId, asked),
  );
  tell(`key ${keyId} of client ${clientId} was: ${describe(before)}`);
  tell(`it is now: ${describe(after)}; gateways follow within a second`);
}

function parseAddresses(text: string): string[] {
  return text === 'any' ? [] : text.split(',').map((each) => each.trim());
}

function describe({ permissions, addresses }: KeyRights): string {
  return `${permissions.join(',')} from ${addresses.length === 0 ? 'anywhere' : addresses.join(',')}`;
}

import { type NewKey, PERMISSIONS, type Permission } from '@boomerang/domain';
import { badOption, parseEnd } from '../../options.js';

/** The options of a new key, as they were typed. */
export interface KeyOptions {
  readonly keyName?: string;
  readonly permissions?: string;
  readonly expires?: string;
}

/** @throws Error that names the option and what is allowed. */
export function parseKeyOptions({ keyName, permissions, expires }: KeyOptions): NewKey {
  return {
    ...(keyName !== undefined && { name: parseName(keyName) }),
    ...(permissions !== undefined && { permissions: parsePermissions(permissions) }),
    ...(expires !== undefined && { expiresAtMs: parseEnd('--expires', expires) }),
  };
}

function parseName(text: string): string {
  if (/^\P{Cc}{1,100}$/u.test(text)) return text;
  throw badOption('--key-name', text, '1 to 100 characters');
}

function parsePermissions(text: string): Permission[] {
  const asked = text.split(',').map((each) => each.trim());
  const unknown = asked.find((each) => !PERMISSIONS.some((permission) => permission === each));
  if (unknown === undefined) return PERMISSIONS.filter((permission) => asked.includes(permission));
  throw badOption('--permissions', text, `${PERMISSIONS.join(', ')}, separated by commas`);
}

import {
  type ClientDetails,
  type ClientOverview,
  invalidField,
  type NewKey,
  parseClientKey,
  quote,
} from '@boomerang/domain';
import type { Static } from 'typebox';
import type { ClientJson, NewKeyJson } from './client-schemas.js';
import { durationFromJson } from './duration.js';
import { timeFromJson } from './time-from-json.js';

export function clientToJson({ clientId, keys, ...client }: ClientDetails) {
  return {
    id: clientId,
    ...client,
    keys: keys.map(({ keyId, permissions, addresses, ...key }) => ({
      id: keyId,
      ...key,
      permissions: [...permissions],
      ...(addresses && { addresses: [...addresses] }),
    })),
  };
}

export function overviewToJson(client: ClientOverview): Static<typeof ClientJson> {
  const { tasks, deadLetters, signingSecrets } = client;
  return { ...clientToJson(client), tasks, deadLetters, signingSecrets };
}

/** A key that was just made. */
export function keyToJson(key: string) {
  return { id: parseClientKey(key)?.keyId ?? '', key };
}

/** @param inside what the names of fields begin with. @throws BoomerangError `invalid_request` */
export function newKeyFromJson(
  { name, permissions, expires }: Static<typeof NewKeyJson> = {},
  inside = '',
): NewKey {
  return {
    ...(name !== undefined && { name }),
    ...(permissions && { permissions }),
    ...(expires !== undefined && { expiresAtMs: endOf(`${inside}expires`, expires) }),
  };
}

function endOf(field: string, text: string): number {
  const now = Date.now();
  const end = /^\d{4}-/.test(text) ? timeFromJson(field, text) : now + durationFromJson(field, text);
  if (end > now) return end;
  throw invalidField(field, `${quote(text)} has passed`, 'a time to come');
}

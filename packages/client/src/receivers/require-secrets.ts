import { parseWebhookSecret } from '@boomerang/protocol';
import { invalidArgument, unusableSecret } from '../arguments/invalid-argument.js';

const SECRET = 'whsec_ and 24 to 64 bytes in base64, as `npm run client -- secret create` prints it';

/**
 * The keys in signing secrets.
 *
 * @throws BoomerangClientError `INVALID_REQUEST` for what is no secret, without showing it.
 */
export function requireSecrets(secrets: readonly string[]): Buffer[] {
  if (!Array.isArray(secrets)) throw unusableSecret('secrets', secrets, 'an array of signing secrets');
  return secrets.map((secret: unknown, i) => {
    const key = typeof secret === 'string' ? parseWebhookSecret(secret) : undefined;
    if (key) return key;
    throw invalidArgument(`secrets[${i}]`, 'that is not a signing secret', SECRET);
  });
}

import type { Environment } from '../read-config.js';
import type { Setting, Settings } from '../setting.js';
import { splitItems } from '../settings/list.js';
import { HIDDEN, type Redact, redactText } from './redact-text.js';

/** A shorter value isn't searched for, because it may be a part of ordinary words. */
const LEAST_CHARACTERS = 8;

/**
 * Hides secrets that are recognized by their form, and the values that secret settings have in `env`, wherever they
 * appear.
 */
export function createRedactor(settings: Settings, env: Environment): Redact {
  const values = Object.values(settings)
    .flatMap((setting) => secretsOf(setting, env[setting.variable] ?? ''))
    .flatMap(spellings)
    .filter((value) => value.length >= LEAST_CHARACTERS);
  const longestFirst = [...new Set(values)].sort((one, other) => other.length - one.length);
  return (text) => redactText(longestFirst.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text));
}

function secretsOf({ secret, kind }: Setting<unknown>, text: string): string[] {
  const items = splitItems(text);
  if (secret) return [text, ...items, ...items.flatMap(credentialsIn)];
  return kind === 'url-list' ? items.flatMap(credentialsIn) : [];
}

/** The password of a URL. Without a password the user is a token, and returned instead. */
function credentialsIn(url: string): string[] {
  const [, userInfo = ''] = /^[^:]*:\/\/(.*)@/s.exec(url) ?? [];
  const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(userInfo) ?? [];
  return [password || user];
}

/** The secret as it was given and percent-decoded, and both as they look within JSON. */
function spellings(secret: string): string[] {
  const plain = [secret, decoded(secret)];
  return [...plain, ...plain.map((text) => JSON.stringify(text).slice(1, -1))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { createHash } from 'node:crypto';
import { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission, validateClientId } from '@boomerang/domain';
import { freshFile } from './fresh-file.js';
import { type ListedEntry, readListedEntries } from './listed-entries.js';

/** A certificate that a peer has shown, and that an authority of ours has signed. */
export interface ShownCertificate {
  /** Attributes by their short names, such as CN; a list where there are several of one name. */
  readonly subject: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Subject alternative names, such as "DNS:shop.example" or "URI:spiffe://example/shop". */
  readonly alternativeNames: readonly string[];
  /** SHA-256 in hexadecimal pairs, separated by ":". */
  readonly fingerprint: string;
  /** Unix epoch s. */
  readonly expiresAt: number;
}

/** Which certificates stand for a client, and for what they may be used. */
export interface CertificateRule {
  /** Names it in key ids, logs and the audit log: 1 to 32 letters, digits or "-". */
  readonly name: string;
  /** Attributes that the subject has to have; those that aren't named may be anything. */
  readonly subject: Readonly<Record<string, string>> | undefined;
  /** A subject alternative name that the certificate has to have. */
  readonly san: string | undefined;
  /** The one certificate that is meant. */
  readonly fingerprint: string | undefined;
  readonly client: string;
  readonly permissions: readonly Permission[];
  /** Changes with what the rule asks for. */
  readonly digest: string;
}

export const CERTIFICATE_RULES = 'BOOMERANG_TLS_CLIENTS';

/**
 * The rules that hold now, undefined without a file. A file that is replaced by a bad one is told to `onBad` once, and the rules
 * of before stay in use.
 *
 * @throws ConfigError if the file can't be read, or says what is not allowed.
 */
export function certificateRules(
  path: string | undefined,
  onBad: (error: Error) => void,
): (() => Promise<readonly CertificateRule[]>) | undefined {
  if (path === undefined) return undefined;
  readCertificateRules(path);
  return freshFile(path, readCertificateRules, onBad);
}

/** @throws ConfigError if the file can't be read, or says what is not allowed. */
export function readCertificateRules(path: string): CertificateRule[] {
  return readListedEntries(CERTIFICATE_RULES, path, 'certificates', readRule);
}

/** Whether a certificate has everything that a rule asks for. */
export function fits({ subject, san, fingerprint }: CertificateRule, shown: ShownCertificate): boolean {
  const hasAttribute = ([name, value]: [string, string]) => [shown.subject[name]].flat().includes(value);
  return (
    Object.entries(subject ?? {}).every(hasAttribute) &&
    (san === undefined || shown.alternativeNames.includes(san)) &&
    (fingerprint === undefined || shown.fingerprint === fingerprint)
  );
}

function readRule(entry: ListedEntry): CertificateRule {
  const subject = subjectOf(entry);
  const san = optional(
    entry,
    'san',
    /^(DNS|URI|email|IP Address):./,
    'such as "DNS:shop.example" or "URI:spiffe://example/shop"',
  );
  const fingerprint = optional(
    entry,
    'fingerprint',
    /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
    'SHA-256 as openssl prints it: 32 pairs of 0 to 9 and A to F, separated by ":"',
  );
  if (!subject && san === undefined && fingerprint === undefined)
    throw entry.bad('subject', 'one of subject, san and fingerprint at least');
  const client = clientOf(entry);
  const digest = createHash('sha256')
    .update(JSON.stringify([subject && Object.entries(subject).sort(), san, fingerprint, client]))
    .digest('hex')
    .slice(0, 8);
  const permissions = entry.listOf('permissions', PERMISSIONS, DEFAULT_PERMISSIONS);
  return { name: entry.name(), subject, san, fingerprint, client, permissions, digest };
}

function subjectOf(entry: ListedEntry): Readonly<Record<string, string>> | undefined {
  const subject = entry.get('subject');
  if (subject === undefined) return undefined;
  const attributes = typeof subject === 'object' && subject !== null ? Object.entries(subject) : [];
  const areTexts = attributes.every(([, value]) => typeof value === 'string' && value !== '');
  if (attributes.length > 0 && areTexts) return Object.fromEntries(attributes);
  throw entry.bad('subject', 'an object of attributes, such as { "CN": "shop", "O": "Example" }');
}

function optional(entry: ListedEntry, field: string, pattern: RegExp, allowed: string): string | undefined {
  return entry.get(field) === undefined ? undefined : entry.text(field, pattern, allowed);
}

function clientOf(entry: ListedEntry): string {
  const client = entry.get('client');
  try {
    validateClientId(String(client));
    return String(client);
  } catch {
    throw entry.bad('client', 'the name of a client');
  }
}

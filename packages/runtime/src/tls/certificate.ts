import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config-error.js';
import { redactText } from '../secrets/redact-text.js';

/** The settings that name a certificate chain and private key. */
export interface CertificateVariables {
  readonly cert: string;
  readonly key: string;
}

/** Where the certificate chain and its private key are, as PEM. */
export interface CertificateFiles {
  readonly variables: CertificateVariables;
  readonly cert: string;
  readonly key: string;
  /** Authorities that sign clients' certificates; undefined: clients are not asked for any. */
  readonly clientCa: { readonly variable: string; readonly path: string } | undefined;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities that sign clients' certificates. */
  readonly clientCa: Buffer | undefined;
  /** Unix epoch ms after which nobody accepts it. */
  readonly expiresAtMs: number;
}

type NamedSetting = readonly [variable: string, value: string | undefined];

/** @throws ConfigError if only one is set. */
export function requireBoth(one: NamedSetting, other: NamedSetting, without: string): void {
  if ((one[1] === undefined) === (other[1] === undefined)) return;
  const [missing, set] = one[1] === undefined ? [one, other] : [other, one];
  throw new ConfigError([
    `${missing[0]} is not set, but ${set[0]} is: expected both, or none for no ${without}`,
  ]);
}

/** Both files or neither. @throws ConfigError if only one is set. */
export function certificateFiles(
  variables: CertificateVariables,
  { cert, key }: Partial<Readonly<Record<'cert' | 'key', string | undefined>>>,
  clientCa?: CertificateFiles['clientCa'],
): CertificateFiles | undefined {
  if (cert !== undefined && key !== undefined) return { variables, cert, key, clientCa };
  requireBoth([variables.cert, cert], [variables.key, key], 'TLS');
  return undefined;
}

/**
 * @throws ConfigError, of one line, if a file can't be read or the two aren't a certificate and its key. It does not show
 * the value of the key's setting, because somebody may have set it to the key itself instead of a path.
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const { variables } = files;
  const named = `${variables.cert} is "${redactText(files.cert)}"`;
  const cert = await read(named, files.cert);
  const key = await read(variables.key, files.key);
  const leaf = attempt(named, 'a certificate chain as PEM', () => new X509Certificate(cert));
  const privateKey = attempt(variables.key, 'the path of an unencrypted private key as PEM', () => {
    return createPrivateKey(key);
  });
  const pair = `${variables.cert} and ${variables.key}`;
  if (!leaf.checkPrivateKey(privateKey)) throw problem(pair, 'a certificate and the key that belongs to it');
  attempt(pair, 'a certificate chain and its key', () => createSecureContext({ cert, key }));
  const clientCa = files.clientCa === undefined ? undefined : await readAuthorities(files.clientCa);
  return { cert, key, clientCa, expiresAtMs: Date.parse(leaf.validTo) };
}

async function readAuthorities({
  variable,
  path,
}: NonNullable<CertificateFiles['clientCa']>): Promise<Buffer> {
  const named = `${variable} is "${redactText(path)}"`;
  const ca = await read(named, path);
  // Node ignores what is no certificate, and would then trust nobody.
  attempt(named, 'certificates of authorities as PEM', () => new X509Certificate(ca));
  return ca;
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw problem(what, 'the path of a file that can be read', `${code} at ${syscall}`);
  }
}

function attempt<T>(what: string, expected: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw problem(what, expected, (error as Error).message.replace(/\s+/g, ' '));
  }
}

function problem(what: string, expected: string, reason?: string): ConfigError {
  return new ConfigError([`${what}: expected ${expected}${reason === undefined ? '' : ` (${reason})`}`]);
}

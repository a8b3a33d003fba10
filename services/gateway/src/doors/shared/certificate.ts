import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError, redactText } from '@boomerang/runtime';

export const CERT_VARIABLE = 'BOOMERANG_TCP_TLS_CERT';
export const KEY_VARIABLE = 'BOOMERANG_TCP_TLS_KEY';

/** Where the certificate chain and its private key are, as PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Unix epoch ms after which nobody accepts it. */
  readonly expiresAtMs: number;
}

/** Both files or neither. @throws ConfigError if only one is set. */
export function certificateFiles(
  cert: string | undefined,
  key: string | undefined,
): CertificateFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  const [missing, other] = cert === undefined ? [CERT_VARIABLE, KEY_VARIABLE] : [KEY_VARIABLE, CERT_VARIABLE];
  throw new ConfigError([`${missing} is not set, but ${other} is: expected both, or none for plain TCP`]);
}

/**
 * @throws ConfigError, of one line, if a file can't be read or the two aren't a certificate and its key. It does not show
 * where the key is, for who mistakes the variable puts the key itself there.
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const cert = await read(CERT_VARIABLE, files.cert);
  const key = await read(KEY_VARIABLE, files.key);
  const named = `${CERT_VARIABLE} is "${redactText(files.cert)}"`;
  const leaf = attempt(named, 'a certificate chain as PEM', () => new X509Certificate(cert));
  const privateKey = attempt(KEY_VARIABLE, 'the path of an unencrypted private key as PEM', () => {
    return createPrivateKey(key);
  });
  const pair = `${CERT_VARIABLE} and ${KEY_VARIABLE}`;
  if (!leaf.checkPrivateKey(privateKey)) throw problem(pair, 'a certificate and the key that belongs to it');
  attempt(pair, 'a certificate chain and its key', () => createSecureContext({ cert, key }));
  return { cert, key, expiresAtMs: Date.parse(leaf.validTo) };
}

async function read(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const what = variable === KEY_VARIABLE ? variable : `${variable} is "${redactText(path)}"`;
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

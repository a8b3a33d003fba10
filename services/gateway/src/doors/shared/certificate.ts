import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError, redactText } from '@boomerang/runtime';

/** The settings that name a door's certificate chain and private key. */
export interface CertificateVariables {
  readonly cert: string;
  readonly key: string;
}

export const TCP_CERTIFICATE = { cert: 'BOOMERANG_TCP_TLS_CERT', key: 'BOOMERANG_TCP_TLS_KEY' } as const;
export const GRPC_CERTIFICATE = { cert: 'BOOMERANG_GRPC_TLS_CERT', key: 'BOOMERANG_GRPC_TLS_KEY' } as const;

/** Where the certificate chain and its private key are, as PEM. */
export interface CertificateFiles {
  readonly variables: CertificateVariables;
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
  variables: CertificateVariables,
  cert: string | undefined,
  key: string | undefined,
): CertificateFiles | undefined {
  if (cert !== undefined && key !== undefined) return { variables, cert, key };
  if (cert === undefined && key === undefined) return undefined;
  const [missing, other] =
    cert === undefined ? [variables.cert, variables.key] : [variables.key, variables.cert];
  throw new ConfigError([`${missing} is not set, but ${other} is: expected both, or none for plain TCP`]);
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
  return { cert, key, expiresAtMs: Date.parse(leaf.validTo) };
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

import { X509Certificate } from 'node:crypto';
import { checkHost } from '../arguments/check-address.js';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';

export interface TlsOptions {
  /** Certificates to trust instead of the public authorities', as PEM. */
  readonly ca?: string | Buffer;
  /** The name that the gateway's certificate has to be for. Default: `host`. */
  readonly serverName?: string;
}

const NAMES: OptionNames<TlsOptions> = { ca: true, serverName: true };

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function checkTls(tls: boolean | TlsOptions): void {
  if (typeof tls === 'boolean') return;
  checkOptions('tls', tls, NAMES, 'tls.');
  if (tls.serverName !== undefined) checkHost('tls.serverName', tls.serverName);
  if (tls.ca !== undefined) checkAuthorities(tls.ca);
}

/** Node ignores what is no certificate, and then trusts nobody. */
function checkAuthorities(ca: string | Buffer): void {
  const allowed = 'one or more certificates as PEM, a text or a Buffer';
  if (typeof ca !== 'string' && !Buffer.isBuffer(ca)) throw unusable('tls.ca', ca, allowed);
  try {
    new X509Certificate(ca);
  } catch {
    throw invalidArgument('tls.ca', 'it begins with no certificate', allowed);
  }
}

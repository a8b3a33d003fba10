import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface SelfSignedCertificate {
  /** Both as PEM. */
  readonly cert: string;
  readonly key: string;
}

const ECDSA_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const SUBJECT_ALT_NAME = '0603551d11';
/** The extension "basic constraints", critical: this is an authority. */
const IS_AUTHORITY = '0603551d130101ff040530030101ff';

interface CertificateOptions {
  /** Names, IPv4 addresses and URIs. The first is the common name as well. */
  readonly names?: readonly string[];
  readonly expiresAtMs?: number;
  /** Who signs it; absent: itself. */
  readonly signedBy?: SelfSignedCertificate;
  /** Whether it may sign others. */
  readonly authority?: boolean;
}

/** A certificate that nobody trusts who isn't told to: valid from yesterday on. */
export function selfSignedCertificate({
  names = ['localhost', '127.0.0.1'],
  expiresAtMs = Date.now() + 86_400_000,
  signedBy,
  authority = false,
}: CertificateOptions = {}): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(Buffer.from(ECDSA_WITH_SHA256, 'hex'));
  const name = distinguishedName(names[0] ?? '');
  const validity = sequence(utcTime(Date.now() - 86_400_000), utcTime(expiresAtMs));
  const alternatives = der(0x04, sequence(...names.map(generalName)));
  const extensions = sequence(
    sequence(Buffer.from(SUBJECT_ALT_NAME, 'hex'), alternatives),
    ...(authority ? [sequence(Buffer.from(IS_AUTHORITY, 'hex'))] : []),
  );
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    signedBy ? distinguishedName(commonNameOf(signedBy)) : name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, signedBy?.key ?? privateKey));
  return {
    cert: pem(sequence(content, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(commonName)))));
}

function commonNameOf({ cert }: SelfSignedCertificate): string {
  return new X509Certificate(cert).subject.replace(/^CN=/, '');
}

/** One ASN.1 value in DER: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  // In as few bytes as it takes: not everyone reads it otherwise.
  const length =
    content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function generalName(name: string): Buffer {
  if (isIPv4(name)) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(name.includes('://') ? 0x86 : 0x82, Buffer.from(name));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

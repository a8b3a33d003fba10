import { type AuthenticatedKey, BoomerangError, type ClientStore } from '@boomerang/domain';
import { type CertificateRule, fits, type ShownCertificate } from './certificate-rules.js';

/** What a caller shows of itself. */
export interface Shown {
  /** A client's key, or a signed token (JWT); '' for none. */
  readonly key: string;
  /** Whose the key has to be; '' or absent: whoever's. */
  readonly clientId?: string;
  /** What counts as one address. */
  readonly address: string;
  /** The trusted certificate of its TLS connection; undefined for none. */
  readonly certificate: () => ShownCertificate | undefined;
}

/** A client store that also knows whom certificates stand for. */
export interface Credentials extends ClientStore {
  /** Whose certificate it is. Rejects with `unauthorized` for nobody's. */
  authenticateCertificate(certificate: ShownCertificate): Promise<AuthenticatedKey>;
}

/** `tls.<rule>.<digest>.<expiry>` in place of a key id; no key's id has the same form. */
const GRANT = /^tls\.([A-Za-z0-9-]{1,32})\.([0-9a-f]{8})\.([0-9a-z]{1,9})$/;

/** @param rules those that hold now; undefined if certificates aren't asked for. */
export function withCertificates(
  clients: ClientStore,
  rules: (() => Promise<readonly CertificateRule[]>) | undefined,
): Credentials {
  const isOpen = async (clientId: string) =>
    (await clients.permissionsNow(clientId, undefined)) !== undefined;

  return {
    authenticate: (key, address) => clients.authenticate(key, address),

    async authenticateCertificate(certificate) {
      const rule = (await rules?.())?.find((each) => fits(each, certificate));
      if (!rule) throw refused('it stands for no client');
      if (hasExpired(certificate.expiresAt)) throw refused('it has expired');
      if (!(await isOpen(rule.client))) throw refused('its client is not there');
      const keyId = `tls.${rule.name}.${rule.digest}.${certificate.expiresAt.toString(36)}`;
      return { clientId: rule.client, keyId, permissions: rule.permissions };
    },

    async permissionsNow(clientId, keyId) {
      const [, name, digest, expiry = ''] = GRANT.exec(keyId ?? '') ?? [];
      if (name === undefined) return clients.permissionsNow(clientId, keyId);
      const found = (await rules?.())?.find((rule) => rule.name === name && rule.digest === digest);
      if (found?.client !== clientId || hasExpired(Number.parseInt(expiry, 36))) return undefined;
      return (await isOpen(clientId)) ? found.permissions : undefined;
    },

    async noteUse(keyId) {
      if (!GRANT.test(keyId)) await clients.noteUse(keyId);
    },
  };
}

/** Whose the key is that is shown or, without one, the certificate; undefined for an unknown key, and for nothing. */
export async function authenticateShown(
  credentials: Credentials,
  { key, clientId = '', address, certificate }: Shown,
): Promise<AuthenticatedKey | undefined> {
  const shown = key === '' ? certificate() : undefined;
  const known = await (shown
    ? credentials.authenticateCertificate(shown)
    : credentials.authenticate(key, address));
  return clientId === '' || known?.clientId === clientId ? known : undefined;
}

function hasExpired(expiresAt: number): boolean {
  return expiresAt * 1_000 <= Date.now();
}

function refused(problem: string): BoomerangError {
  return new BoomerangError('unauthorized', `the client certificate is refused: ${problem}`);
}

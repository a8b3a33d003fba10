import {
  type Certificate,
  type CertificateFiles,
  readCertificate,
  watchCertificate,
} from '@boomerang/runtime';

/** The settings that name the operator's own certificate. */
export const OWN_CERTIFICATE = {
  cert: 'BOOMERANG_CALLBACK_TLS_CERT',
  key: 'BOOMERANG_CALLBACK_TLS_KEY',
} as const;

export interface OwnCertificate {
  /** What connections from now on show to receivers that ask for a certificate. */
  current(): Pick<Certificate, 'cert' | 'key'>;
  close(): void;
}

/**
 * Keeps the operator's certificate as the files hold it. A pair that can't be used is told to `onBadFiles`, and the one before
 * stays in use. Rejects with a ConfigError if they hold none now.
 */
export async function openOwnCertificate(
  files: CertificateFiles,
  onBadFiles: (error: Error) => void,
): Promise<OwnCertificate> {
  let current = await readCertificate(files);
  const onCertificate = (found: Certificate) => {
    current = found;
  };
  const stop = watchCertificate(files, current, { onCertificate, onBadFiles });
  return { current: () => ({ cert: current.cert, key: current.key }), close: stop };
}

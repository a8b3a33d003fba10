import {
  type Certificate,
  type CertificateFiles,
  readCertificate,
  watchCertificate,
} from '@boomerang/runtime';
import type { Door } from '../../door.js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { TlsHandshakes } from './tls-handshakes.js';

/**
 * Supplies handshakes with the certificate that the files hold, now and whenever they hold another. Call the returned
 * function to stop. Rejects with a ConfigError if they hold none now.
 */
export async function supplyCertificate(
  files: CertificateFiles,
  handshakes: TlsHandshakes,
  { door, metrics, log }: { door: Door; metrics: GatewayMetrics; log: GatewayLog },
): Promise<() => void> {
  function onCertificate(certificate: Certificate): void {
    handshakes.use(certificate);
    metrics.tlsCertificate(door, certificate.expiresAtMs);
    log.tlsCertificate(door, certificate.expiresAtMs);
  }
  function onBadFiles(error: Error): void {
    metrics.tlsCertificateRefused(door);
    log.tlsCertificateRefused(door, error);
  }
  const first = await readCertificate(files);
  onCertificate(first);
  return watchCertificate(files, first, { onCertificate, onBadFiles });
}

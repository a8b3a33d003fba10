import { type Certificate, type CertificateFiles, readCertificate } from './certificate.js';

/**
 * How often the files are read, ms. They are not watched: where Kubernetes mounts a secret, an update changes a symbolic
 * link above the file and not the file itself, so a watcher of the file would notice nothing.
 */
const READ_EVERY_MS = 5_000;

export interface CertificateListener {
  onCertificate(certificate: Certificate): void;
  /** The files hold no valid pair, and the last valid one stays in use. Called once for each different error. */
  onBadFiles(error: Error): void;
}

/** Reports every new valid pair in the files from now on. Call the returned function to stop. */
export function watchCertificate(
  files: CertificateFiles,
  first: Certificate,
  listener: CertificateListener,
  everyMs = READ_EVERY_MS,
): () => void {
  let current = first;
  let badBefore = '';
  let told = '';
  let reading = false;

  async function look(): Promise<void> {
    try {
      const found = await readCertificate(files);
      badBefore = '';
      told = '';
      if (isSame(found, current)) return;
      current = found;
      listener.onCertificate(found);
    } catch (error) {
      // While the two files are being replaced they don't match. So only an error that two reads in a row find is reported.
      const { message } = error as Error;
      if (message === badBefore && message !== told) {
        told = message;
        listener.onBadFiles(error as Error);
      }
      badBefore = message;
    }
  }

  const timer = setInterval(() => {
    if (reading) return;
    reading = true;
    void look().finally(() => {
      reading = false;
    });
  }, everyMs);
  return () => clearInterval(timer);
}

function isSame(one: Certificate, other: Certificate): boolean {
  const authorities = (certificate: Certificate) => certificate.clientCa ?? Buffer.alloc(0);
  return (
    one.cert.equals(other.cert) && one.key.equals(other.key) && authorities(one).equals(authorities(other))
  );
}

import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '@boomerang/runtime';
import { type SelfSignedCertificate, selfSignedCertificate } from '@boomerang/testkit';
import { TCP_CERTIFICATE } from '../src/doors/shared/certificate.js';

/** A folder as Kubernetes mounts a secret: the files are links into `..data`, which is a link that is swapped. */
export interface SecretMount {
  readonly files: CertificateFiles;
  /** What the files held at first. */
  readonly first: SelfSignedCertificate;
  replace(pair: SelfSignedCertificate): Promise<void>;
  remove(): Promise<void>;
}

export async function mountSecret(
  options?: Parameters<typeof selfSignedCertificate>[0],
): Promise<SecretMount> {
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-secret-'));
  const first = selfSignedCertificate(options);
  async function replace({ cert, key }: SelfSignedCertificate): Promise<void> {
    const version = await mkdtemp(join(folder, '..version-'));
    await writeFile(join(version, 'tls.crt'), cert);
    await writeFile(join(version, 'tls.key'), key);
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  }
  await replace(first);
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(folder, name));
  return {
    files: {
      variables: TCP_CERTIFICATE,
      cert: join(folder, 'tls.crt'),
      key: join(folder, 'tls.key'),
      clientCa: undefined,
    },
    first,
    replace,
    remove: () => rm(folder, { recursive: true }),
  };
}

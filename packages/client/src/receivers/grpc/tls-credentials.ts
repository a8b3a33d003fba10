import { createSecureContext } from 'node:tls';
import type { ServerCredentials } from '@grpc/grpc-js';
import { checkOptions, type OptionNames } from '../../arguments/check-options.js';
import { invalidArgument } from '../../arguments/invalid-argument.js';
import type { GrpcReceiverTls } from './grpc-receiver-tls.js';

const NAMES: OptionNames<GrpcReceiverTls> = { key: true, cert: true };

/** @throws BoomerangClientError `INVALID_REQUEST` for what is no pair: grpc-js would fail at each connection instead. */
export function tlsCredentials(kind: typeof ServerCredentials, tls: GrpcReceiverTls): ServerCredentials {
  checkOptions('tls', tls, NAMES, 'tls.');
  const { key, cert } = tls;
  try {
    createSecureContext({ key, cert });
    return kind.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }]);
  } catch (error) {
    const problem = `that is no pair of key and certificate (${(error as Error).message})`;
    throw invalidArgument(
      'tls',
      problem,
      'a private key and the certificate chain that belongs to it, both PEM',
    );
  }
}

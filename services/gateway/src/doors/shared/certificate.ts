import { type CertificateFiles, ConfigError, certificateFiles, requireBoth } from '@boomerang/runtime';
import type { Door } from '../../door.js';
import { CERTIFICATE_RULES } from '../../operations/authentication/certificate-rules.js';

export const TCP_CERTIFICATE = { cert: 'BOOMERANG_TCP_TLS_CERT', key: 'BOOMERANG_TCP_TLS_KEY' } as const;
export const GRPC_CERTIFICATE = { cert: 'BOOMERANG_GRPC_TLS_CERT', key: 'BOOMERANG_GRPC_TLS_KEY' } as const;
export const HTTP_CERTIFICATE = { cert: 'BOOMERANG_HTTP_TLS_CERT', key: 'BOOMERANG_HTTP_TLS_KEY' } as const;
/** The setting that names the authorities of clients' certificates, for all doors. */
export const CLIENT_CA = 'BOOMERANG_TLS_CLIENT_CA';

/** Paths of PEM files, and of the list of clients with certificates. */
export interface TlsSettings {
  readonly tcpTlsCert: string | undefined;
  readonly tcpTlsKey: string | undefined;
  readonly grpcTlsCert: string | undefined;
  readonly grpcTlsKey: string | undefined;
  readonly httpTlsCert: string | undefined;
  readonly httpTlsKey: string | undefined;
  readonly tlsClientCa: string | undefined;
  readonly tlsClients: string | undefined;
}

/** What each door speaks TLS with. @throws ConfigError if the settings don't go together. */
export function doorCertificates(
  settings: TlsSettings,
): Readonly<Record<Door, CertificateFiles | undefined>> {
  const { tlsClientCa: path } = settings;
  const tlsClientCa = path === undefined ? undefined : { variable: CLIENT_CA, path };
  requireBoth([CLIENT_CA, path], [CERTIFICATE_RULES, settings.tlsClients], 'client certificates');
  const doors = {
    tcp: certificateFiles(
      TCP_CERTIFICATE,
      { cert: settings.tcpTlsCert, key: settings.tcpTlsKey },
      tlsClientCa,
    ),
    grpc: certificateFiles(
      GRPC_CERTIFICATE,
      { cert: settings.grpcTlsCert, key: settings.grpcTlsKey },
      tlsClientCa,
    ),
    http: certificateFiles(
      HTTP_CERTIFICATE,
      { cert: settings.httpTlsCert, key: settings.httpTlsKey },
      tlsClientCa,
    ),
  };
  if (tlsClientCa === undefined || doors.tcp || doors.grpc || doors.http) return doors;
  const allowed = `one of ${TCP_CERTIFICATE.cert}, ${GRPC_CERTIFICATE.cert} and ${HTTP_CERTIFICATE.cert} as well`;
  throw new ConfigError([`${CLIENT_CA} is set, but no port speaks TLS: expected ${allowed}`]);
}

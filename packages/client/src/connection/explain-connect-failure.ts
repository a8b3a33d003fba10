import { DEFAULT_TCP_PORT } from '@boomerang/protocol';
import { ConnectError, type ConnectErrorCode } from './connect-error.js';

const RIGHT_PORT = `the gateway's port for envelopes over TCP (BOOMERANG_TCP_PORT, by default ${DEFAULT_TCP_PORT})`;
const NO_TLS =
  'what listens there does not speak TLS: connect without the option tls, or to a port that does';
const UNKNOWN_AUTHORITY =
  "its certificate is signed by an authority that isn't trusted here: give that authority's certificate as tls.ca, or " +
  'in the file that NODE_EXTRA_CA_CERTS names';

/** What the code of a failed connection means, and what to do about it. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: `nothing listens there: is the gateway running, and is this ${RIGHT_PORT}?`,
  ENOTFOUND: 'this host name is not known',
  EAI_AGAIN: 'the host name could not be looked up just now',
  EHOSTUNREACH: 'no way leads to this host',
  ENETUNREACH: 'no way leads to the network of this host',
  ETIMEDOUT: 'the host does not answer',
};

const TLS_EXPLANATIONS: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ECONNRESET: `it ended the TLS handshake: is this ${RIGHT_PORT}, and does it speak TLS?`,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: "its certificate is not valid yet, by this machine's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names: give one of them as tls.serverName',
};

/** What kept a connection to `peer` from being made, in words that say what to do. */
export function explainConnectFailure(error: Error, peer: string, secure: boolean): ConnectError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const tls = secure ? TLS_EXPLANATIONS[code] : undefined;
  const explanation = tls ?? EXPLANATIONS[code];
  const known = explanation ? `: ${explanation}` : '';
  return new ConnectError(
    kindOf(code, tls),
    `no connection to ${peer}${known} (${tellCause(error, code)})`,
    error,
  );
}

function kindOf(code: string, tls: string | undefined): ConnectErrorCode {
  return tls !== undefined || /^ERR_(SSL|TLS)_|^CERT_/.test(code) ? 'tls_failed' : 'unreachable';
}

/** OpenSSL's own words are a line of addresses in memory and source files; where several addresses were tried, none. */
function tellCause(error: Error, code: string): string {
  return code.startsWith('ERR_SSL_') || error.message === '' ? code : error.message;
}

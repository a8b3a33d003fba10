import type { ErrorCode } from '@boomerang/domain';

/** The reasons for which a connection is refused or ended, each with the kind of error it is; in the documentation's order. */
export const REFUSAL_ERRORS = {
  FRAME_TOO_LARGE: 'invalid_request',
  MALFORMED_ENVELOPE: 'invalid_request',
  SLOW_FRAME: 'invalid_request',
  NO_SESSION: 'unauthorized',
  TOO_MANY_CONNECTIONS: 'exhausted',
  TOO_MANY_FROM_ADDRESS: 'exhausted',
  TLS_EXPECTED: 'invalid_request',
  TLS_UNEXPECTED: 'invalid_request',
  HTTP_UNEXPECTED: 'invalid_request',
  CERTIFICATE_REFUSED: 'unauthorized',
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type RefusalCode = keyof typeof REFUSAL_ERRORS;

/** Why a connection is refused or ended, as its peer is told. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What came, or is wrong, and what the peer can do about it. */
  readonly message: string;
  /** What the peer speaks, who can't read an envelope. */
  readonly language?: 'HTTP/1.1' | 'HTTP/2';
  /** Whether it answers a handshake. */
  readonly ofHandshake?: boolean;
}

import { BoomerangError, type ErrorCode } from '@boomerang/domain';
import {
  encodeFrame,
  FrameError,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
  MalformedEnvelopeError,
} from '@boomerang/protocol';
import { errorResponse } from '../../envelope/status.js';
import type { DoorLimits } from '../shared/limits.js';

/** Why a connection is refused or ended, as its peer is told. */
export type RefusalCode =
  | 'FRAME_TOO_LARGE'
  | 'MALFORMED_ENVELOPE'
  | 'SLOW_FRAME'
  | 'NO_SESSION'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_FROM_ADDRESS'
  | 'TLS_EXPECTED'
  | 'TLS_UNEXPECTED';

/** The kind of error that each is; the order is that of the documentation. */
export const REFUSAL_ERRORS: Readonly<Record<RefusalCode, ErrorCode>> = {
  FRAME_TOO_LARGE: 'invalid_request',
  MALFORMED_ENVELOPE: 'invalid_request',
  SLOW_FRAME: 'invalid_request',
  NO_SESSION: 'unauthorized',
  TOO_MANY_CONNECTIONS: 'exhausted',
  TOO_MANY_FROM_ADDRESS: 'exhausted',
  TLS_EXPECTED: 'invalid_request',
  TLS_UNEXPECTED: 'invalid_request',
};

export interface Refusal {
  readonly code: RefusalCode;
  /** What the peer can do about it. */
  readonly message: string;
}

/** The `error_response` that tells it. */
export function refusalFrame({ code, message }: Refusal): Buffer {
  return encodeFrame(errorResponse(new BoomerangError(REFUSAL_ERRORS[code], message), code));
}

/** Why a peer that sent this is refused; undefined if it isn't the peer's fault. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof MalformedEnvelopeError) return { code: error.code, message: error.message };
  if (!(error instanceof FrameError)) return undefined;
  if (isTlsRecord(error.announcedBytes)) {
    return { code: 'TLS_UNEXPECTED', message: 'this port does not speak TLS; connect without it' };
  }
  const early = error.allowedBytes < MAX_FRAME_BYTES && error.announcedBytes <= MAX_FRAME_BYTES;
  return { code: error.code, message: early ? tooEarly(error.announcedBytes) : error.message };
}

export function tooMany(limits: DoorLimits, where: 'in all' | 'from one address'): Refusal {
  if (where === 'in all') {
    const message = `at most ${limits.maxConnections} connections at a time; try again later, or another gateway`;
    return { code: 'TOO_MANY_CONNECTIONS', message };
  }
  const most = limits.maxConnectionsPerAddress;
  const message = `at most ${most} connections at a time from one address; share them, any number of sessions fits on one`;
  return { code: 'TOO_MANY_FROM_ADDRESS', message };
}

export function noSession({ sessionMs }: DoorLimits): Refusal {
  const message = `no live session within ${sessionMs} ms; send auth_handshake, or session_refresh, right after connecting`;
  return { code: 'NO_SESSION', message };
}

export function slowFrame({ frameMs }: DoorLimits): Refusal {
  return {
    code: 'SLOW_FRAME',
    message: `a frame has to arrive whole within ${frameMs} ms of its first byte`,
  };
}

export const TLS_EXPECTED: Refusal = {
  code: 'TLS_EXPECTED',
  message: 'this port speaks TLS; connect with it',
};

function tooEarly(announcedBytes: number): string {
  const limit = `frames are limited to ${MAX_FRAME_BYTES_BEFORE_SESSION} bytes until the connection has shown a live session`;
  return `${limit}; send session_refresh first (${announcedBytes} bytes were announced)`;
}

/** What a TLS handshake begins with, read as a length: record type 22, major version 3. */
function isTlsRecord(announcedBytes: number): boolean {
  return announcedBytes >>> 16 === 0x1603;
}

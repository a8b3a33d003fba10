import { BoomerangError } from '@boomerang/domain';
import {
  encodeFrame,
  FrameError,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
  MalformedEnvelopeError,
} from '@boomerang/protocol';
import { errorResponse } from '../../envelope/status.js';
import { REFUSAL_ERRORS, type Refusal } from '../../refusal.js';
import type { DoorLimits } from '../shared/limits.js';

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

function tooEarly(announcedBytes: number): string {
  const limit = `frames are limited to ${MAX_FRAME_BYTES_BEFORE_SESSION} bytes until the connection has shown a live session`;
  return `${limit}; send session_refresh first (${announcedBytes} bytes were announced)`;
}

/** What a TLS handshake begins with, read as a length: record type 22, major version 3. */
function isTlsRecord(announcedBytes: number): boolean {
  return announcedBytes >>> 16 === 0x1603;
}

import { BoomerangError } from '@boomerang/domain';
import {
  encodeFrame,
  FrameError,
  MAX_FRAME_BYTES,
  MAX_FRAME_BYTES_BEFORE_SESSION,
  MalformedEnvelopeError,
} from '@boomerang/protocol';
import { errorResponse, errorToWire } from '../../envelope/status.js';
import { REFUSAL_ERRORS, type Refusal } from '../../refusal.js';
import type { DoorLimits } from '../shared/limits.js';
import { refusalInHttp } from '../shared/refusal-in-http.js';
import { FRAMING, refusalOfStranger } from './stranger.js';

/** The last bytes for the peer: an `error_response`, or an answer in the other protocol that the peer speaks. */
export function refusalBytes(refusal: Refusal): Buffer {
  const { code, message, language } = refusal;
  if (language) return refusalInHttp(refusal, language);
  const error = new BoomerangError(REFUSAL_ERRORS[code], message);
  // Programs that know no error_response are told why, too.
  return encodeFrame(refusal.ofHandshake ? { authResponse: errorToWire(error) } : errorResponse(error, code));
}

/** Why a peer that sent this is refused; undefined if it isn't the peer's fault. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof MalformedEnvelopeError)
    return { code: error.code, message: error.message, ofHandshake: error.isHandshake };
  if (!(error instanceof FrameError)) return undefined;
  const { code, announcedBytes } = error;
  if (announcedBytes <= MAX_FRAME_BYTES) return { code, message: tooEarly(announcedBytes) };
  const beginning = Buffer.alloc(4);
  beginning.writeUInt32BE(announcedBytes);
  const tooLarge = `a frame of ${announcedBytes} bytes was announced, at most ${MAX_FRAME_BYTES} are allowed`;
  return refusalOfStranger(beginning) ?? { code, message: `${tooLarge}: ${FRAMING}` };
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

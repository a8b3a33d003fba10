import { type AttemptFailure, ERROR_CLASSES, type ErrorClass, MAX_HISTORY } from '@boomerang/domain';

const FIXED_BYTES = 14;
const MAX_ERROR_BYTES = 255;

/** Packs failures as `scripts/lib/record.lua` describes; the oldest beyond the limit are left out. */
export function encodeHistory(failures: readonly AttemptFailure[]): Buffer {
  return Buffer.concat(failures.slice(-MAX_HISTORY).map(encodeFailure));
}

function encodeFailure({ attempt, atMs, durationMs, errorClass, error }: AttemptFailure): Buffer {
  const text = Buffer.from(error).subarray(0, MAX_ERROR_BYTES);
  const fixed = Buffer.allocUnsafe(FIXED_BYTES);
  fixed.writeUInt16BE(Math.min(attempt, 65_535), 0);
  fixed.writeUIntBE(Math.max(0, Math.round(atMs)), 2, 6);
  fixed.writeUInt32BE(Math.max(0, Math.round(durationMs)), 8);
  fixed.writeUInt8(ERROR_CLASSES.indexOf(errorClass), 12);
  fixed.writeUInt8(text.length, 13);
  return Buffer.concat([fixed, text]);
}

export function decodeHistory(bytes: Buffer): AttemptFailure[] {
  const failures: AttemptFailure[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt8(at + 13);
    failures.push({
      attempt: bytes.readUInt16BE(at),
      atMs: bytes.readUIntBE(at + 2, 6),
      durationMs: bytes.readUInt32BE(at + 8),
      errorClass: errorClassAt(bytes, at + 12),
      error: bytes.toString('utf8', at + FIXED_BYTES, at + FIXED_BYTES + length),
    });
    at += FIXED_BYTES + length;
  }
  return failures;
}

function errorClassAt(bytes: Buffer, at: number): ErrorClass {
  const errorClass = ERROR_CLASSES[bytes.readUInt8(at)];
  if (errorClass === undefined) throw new Error(`a history carries the unknown error class ${bytes[at]}`);
  return errorClass;
}

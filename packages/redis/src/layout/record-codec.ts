/** The record of a task that has not ended. */
export interface LiveRecord {
  /** Number of the next occurrence, from 1. */
  readonly nextOccurrence: number;
  /** Leased occurrences of a recurring task. */
  readonly inFlight: number;
  /** 0 = once. */
  readonly repeatIntervalMs: number;
  readonly policyHash: Buffer;
  readonly clientId: string;
  readonly payload: Buffer;
}

const HASH_AT = 21;
const CLIENT_LENGTH_AT = 37;
/** In the first byte: parts stand behind the client. */
const WITH_PARTS = 64;
/** In the first byte, in layout 1: the origin of a replay stands there. */
const WITH_ORIGIN = 128;
const ORIGIN_BYTES = 12;

/** The layout is that of `scripts/lib/record.lua`. What this release can't read scripts don't hand out. */
export function decodeLiveRecord(record: Buffer): LiveRecord {
  const clientEnd = CLIENT_LENGTH_AT + 1 + record.readUInt8(CLIENT_LENGTH_AT);
  return {
    repeatIntervalMs: record.readUIntBE(7, 6),
    nextOccurrence: record.readUIntBE(13, 6),
    inFlight: record.readUInt16BE(19),
    policyHash: record.subarray(HASH_AT, HASH_AT + 16),
    clientId: record.toString('utf8', CLIENT_LENGTH_AT + 1, clientEnd),
    payload: record.subarray(clientEnd + bytesBeforePayload(record, clientEnd)),
  };
}

/** Its optional parts, packed. */
export function packedPartsOf(record: Buffer): Buffer {
  const clientEnd = CLIENT_LENGTH_AT + 1 + record.readUInt8(CLIENT_LENGTH_AT);
  const firstByte = record.readUInt8(0);
  if (firstByte < WITH_PARTS || firstByte >= WITH_ORIGIN) return record.subarray(0, 0);
  return record.subarray(clientEnd + 3, clientEnd + 3 + record.readUIntBE(clientEnd, 3));
}

function bytesBeforePayload(record: Buffer, clientEnd: number): number {
  const firstByte = record.readUInt8(0);
  if (firstByte < WITH_PARTS) return 0;
  return firstByte < WITH_ORIGIN ? 3 + record.readUIntBE(clientEnd, 3) : ORIGIN_BYTES;
}

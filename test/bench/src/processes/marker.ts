const MARKER_BYTES = 16;

/** What a task's payload begins with, so that its callback can be told from all others. */
export interface Marker {
  /** Which measurement it belongs to. */
  readonly run: number;
  /** Counts the tasks of the run, from 0. */
  readonly index: number;
  /** `monotonicMs()` of the registration. */
  readonly sentAt: number;
}

/** Monotonic ms with fractions by a clock that all processes of a machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @returns a payload of `bytes`, at least 16. */
export function encodeMarker({ run, index, sentAt }: Marker, bytes: number): Buffer {
  const payload = Buffer.alloc(Math.max(bytes, MARKER_BYTES), 0x62);
  payload.writeUInt32BE(run, 0);
  payload.writeUInt32BE(index, 4);
  payload.writeDoubleBE(sentAt, 8);
  return payload;
}

export function decodeMarker(payload: Uint8Array): Marker {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return { run: view.getUint32(0), index: view.getUint32(4), sentAt: view.getFloat64(8) };
}

import protobuf from 'protobufjs/minimal.js';

const { Reader } = protobuf;
const narrow = Reader.prototype.uint32;

/** Bytes of a varint of 32 bits, and the most that its last one may be. */
const NARROW_BYTES = 5;
const MOST_LAST_BYTE = 0x0f;

/**
 * Keeps what a 32-bit field was sent, however large it is. The library drops the bits beyond 32, so that 2^32 + 5 would be
 * taken for 5; like this it arrives as a number beyond the field's range, and validation refuses it. A length that is too large
 * ends the decoding, as it does anyway. Has to run before anything is decoded.
 */
export function keepWideVarints(): void {
  Reader.prototype.uint32 = function uint32(): number {
    const start = this.pos;
    const value = narrow.call(this);
    return isNarrow(this, start) ? value : Number(BigInt.asUintN(64, wide(this, start)));
  };
  // A negative one is sent as 64 bits in two's complement.
  Reader.prototype.int32 = function int32(): number {
    const start = this.pos;
    const value = narrow.call(this);
    return isNarrow(this, start) ? value | 0 : Number(BigInt.asIntN(64, wide(this, start)));
  };
}

function isNarrow({ buf, pos }: protobuf.Reader, start: number): boolean {
  const bytes = pos - start;
  return bytes < NARROW_BYTES || (bytes === NARROW_BYTES && (buf[pos - 1] as number) <= MOST_LAST_BYTE);
}

/** The varint between `start` and where the reader stands. */
function wide({ buf, pos }: protobuf.Reader, start: number): bigint {
  let value = 0n;
  for (let at = pos - 1; at >= start; at--) value = (value << 7n) | BigInt((buf[at] as number) & 0x7f);
  return value;
}

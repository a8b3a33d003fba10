import protobuf from 'protobufjs/minimal.js';

/**
 * Refuses numbers that would arrive as others: the library cuts them, so that 2^32 + 5 goes out as 5, and NaN as 0. For who
 * encodes what somebody else made up.
 */
export class ExactWriter extends protobuf.BufferWriter {
  /** @throws RangeError that names the value. */
  override uint32(value: number): this {
    requireWhole(value, 0, 2 ** 32 - 1);
    return super.uint32(value) as this;
  }

  /** @throws RangeError that names the value. */
  override int32(value: number): this {
    requireWhole(value, -(2 ** 31), 2 ** 31 - 1);
    return super.int32(value) as this;
  }

  /** @throws RangeError that names the value. */
  override uint64(value: number): this {
    requireWhole(value, 0, LARGEST_BELOW_64_BITS);
    return super.uint64(value) as this;
  }
}

/** The largest double below 2^64. */
const LARGEST_BELOW_64_BITS = 2 ** 64 - 2 ** 11;

function requireWhole(value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${String(value)} is none of the whole numbers from ${least} to ${most}`);
}

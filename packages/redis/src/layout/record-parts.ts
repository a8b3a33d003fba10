/** Optional parts of a task record by tag. `scripts/lib/parts.lua` describes them, and says what must be understood. */
export type Parts = ReadonlyMap<number, Buffer>;

/** Of a replay: its dead letter. */
const ORIGIN = 65;

export function decodeParts(packed: Buffer): Parts {
  const parts = new Map<number, Buffer>();
  for (let at = 0; at < packed.length; ) {
    const end = at + 3 + packed.readUInt16BE(at + 1);
    parts.set(packed.readUInt8(at), packed.subarray(at + 3, end));
    at = end;
  }
  return parts;
}

export function encodeParts(parts: readonly (readonly [tag: number, value: Buffer])[]): Buffer {
  return Buffer.concat(
    parts.flatMap(([tag, value]) => {
      const head = Buffer.alloc(3);
      head.writeUInt8(tag, 0);
      head.writeUInt16BE(value.length, 1);
      return [head, value];
    }),
  );
}

/** The entry id of the dead letter that a task is a replay of; empty when it is none. */
export function originOf(parts: Parts): string {
  const origin = parts.get(ORIGIN);
  return origin ? `${origin.readUIntBE(0, 6)}-${origin.readUIntBE(6, 6)}` : '';
}

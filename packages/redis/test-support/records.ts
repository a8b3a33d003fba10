import type { TestEngine } from './test-engine.js';

/** Of a task record: its tag and value. */
export type Part = readonly [tag: number, value: Buffer];

export function packParts(parts: readonly Part[]): Buffer {
  const packed = parts.map(([tag, value]) => {
    const head = Buffer.alloc(3);
    head.writeUInt8(tag, 0);
    head.writeUInt16BE(value.length, 1);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat(packed);
}

/** Gives the record of a task that has not ended these parts, as if it had been registered with them. */
export async function rewriteWithParts(
  { redis, keys }: TestEngine,
  taskId: string,
  parts: readonly Part[],
): Promise<void> {
  const key = keys.recordPrefix + taskId;
  const record = (await redis.getBuffer(key)) as Buffer;
  const clientEnd = 38 + record.readUInt8(37);
  const packed = packParts(parts);
  const length = Buffer.alloc(3);
  length.writeUIntBE(packed.length, 0, 3);
  const rewritten = [record.subarray(0, clientEnd), length, packed, record.subarray(clientEnd)];
  await redis.set(key, Buffer.concat(rewritten));
  await redis.setrange(key, 0, Buffer.of(record.readUInt8(0) | 64) as never);
}

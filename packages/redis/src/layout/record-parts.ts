import type { OnDependencyFailure } from '@boomerang/domain';

/** Optional parts of a task record by tag. `scripts/lib/parts.lua` describes them, and says what must be understood. */
export type Parts = ReadonlyMap<number, Buffer>;

/** Of a replay: its dead letter. */
const ORIGIN = 65;
const DEPENDENCIES = 149;
const TAGS = 201;
const IDEMPOTENCY_KEY = 10;
const TRACE = 11;

export type Part = readonly [tag: number, value: Buffer];

export function decodeParts(packed: Buffer): Parts {
  const parts = new Map<number, Buffer>();
  for (let at = 0; at < packed.length; ) {
    const end = at + 3 + packed.readUInt16BE(at + 1);
    parts.set(packed.readUInt8(at), packed.subarray(at + 3, end));
    at = end;
  }
  return parts;
}

export function encodeParts(parts: readonly Part[]): Buffer {
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

/** None if there are no tags. A tag that is there twice counts once. */
export function tagsPart(tags: readonly string[] = []): Part[] {
  if (tags.length === 0) return [];
  const packed = [...new Set(tags)].map((tag) => {
    const bytes = Buffer.from(tag);
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  return [[TAGS, Buffer.concat(packed)]];
}

export function tagsOf(parts: Parts): readonly string[] {
  const packed = parts.get(TAGS);
  if (!packed) return NO_TAGS;
  const tags: string[] = [];
  for (let at = 0; at < packed.length; ) {
    const end = at + 1 + packed.readUInt8(at);
    tags.push(packed.toString('utf8', at + 1, end));
    at = end;
  }
  return tags;
}

const NO_TAGS: readonly string[] = [];

/** None if there is no key. */
export function idempotencyKeyPart(key: string | undefined): Part[] {
  return key === undefined ? [] : [[IDEMPOTENCY_KEY, Buffer.from(key)]];
}

/** The key that a task was registered with. */
export function idempotencyKeyOf(parts: Parts): string | undefined {
  return parts.get(IDEMPOTENCY_KEY)?.toString('utf8');
}

/** None if it waits for nothing. */
export function dependenciesPart(waits: boolean, onFailure: OnDependencyFailure): Part[] {
  return waits ? [[DEPENDENCIES, Buffer.from(onFailure === 'cancel' ? 'c' : 'r')]] : [];
}

/** None if there is no trace. */
export function tracePart(traceparent: string | undefined): Part[] {
  return traceparent === undefined ? [] : [[TRACE, Buffer.from(traceparent, 'latin1')]];
}

/** The trace that a task was registered in. */
export function traceOf(parts: Parts): string | undefined {
  return parts.get(TRACE)?.toString('latin1');
}

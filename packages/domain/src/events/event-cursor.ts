/** Where a reader stands in one partition's stream: behind the entry `<ms>-<sequence>`. */
export interface StreamPosition {
  readonly ms: number;
  readonly sequence: number;
}

/** Where a reader stands in a client's events: one position per partition, in their order. */
export type EventCursor = readonly StreamPosition[];

/** Before everything. */
export const STREAM_START: StreamPosition = { ms: 0, sequence: 0 };

const POSITION = /^([0-9a-z]{1,9})-([0-9a-z]{1,4})$/;
const RADIX = 36;

/** The id of an event: it holds the whole cursor, so that a reader can continue from it. */
export function formatEventCursor(cursor: EventCursor): string {
  return cursor.map(({ ms, sequence }) => `${ms.toString(RADIX)}-${sequence.toString(RADIX)}`).join('.');
}

/** Undefined if `text` is no cursor of at most `partitions` partitions. Partitions that came later are read from their start. */
export function parseEventCursor(text: string, partitions: number): EventCursor | undefined {
  const parts = text.split('.');
  if (parts.length > partitions) return undefined;
  const cursor: StreamPosition[] = [];
  for (const part of parts) {
    const [, ms, sequence] = POSITION.exec(part) ?? [];
    if (ms === undefined || sequence === undefined) return undefined;
    cursor.push({ ms: Number.parseInt(ms, RADIX), sequence: Number.parseInt(sequence, RADIX) });
  }
  while (cursor.length < partitions) cursor.push(STREAM_START);
  return cursor;
}

/** Less than 0 if `a` is before `b`. */
export function compareStreamPositions(a: StreamPosition, b: StreamPosition): number {
  return a.ms - b.ms || a.sequence - b.sequence;
}

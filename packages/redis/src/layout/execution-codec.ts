import { PRIORITIES, type Priority, priorityNumber } from '@boomerang/domain';

/** What a record holds of a task that a daemon carries out; layout as in `scripts/lib/parts.lua`. */
export interface ExecutionPart {
  readonly priority: Priority;
  readonly leaseMs: number;
  /** 0 = none. */
  readonly timeoutMs: number;
  readonly type: string;
  /** The client's own name; '' = none. */
  readonly name: string;
}

/** Its tag among a record's parts. */
export const EXECUTION_PART = 194;
const FIXED_BYTES = 12;

export function encodeExecutionPart({ priority, leaseMs, timeoutMs, type, name }: ExecutionPart): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt8(priorityNumber(priority), 0);
  fixed.writeUInt32BE(leaseMs, 1);
  fixed.writeUIntBE(timeoutMs, 5, 6);
  fixed.writeUInt8(type.length, 11);
  return Buffer.concat([fixed, Buffer.from(type), Buffer.from(name)]);
}

export function decodeExecutionPart(bytes: Buffer): ExecutionPart {
  const typeEnd = FIXED_BYTES + bytes.readUInt8(11);
  return {
    priority: PRIORITIES[bytes.readUInt8(0) - 1] ?? 'normal',
    leaseMs: bytes.readUInt32BE(1),
    timeoutMs: bytes.readUIntBE(5, 6),
    type: bytes.toString('utf8', FIXED_BYTES, typeEnd),
    name: bytes.toString('utf8', typeEnd),
  };
}

/** What the executor gets: the payload of the task's record. */
export interface ExecutionContent {
  readonly payload: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

export function encodeExecutionContent({ payload, metadata }: ExecutionContent): Buffer {
  return Buffer.from(JSON.stringify({ payload, metadata }));
}

/** Of a task that has ended nothing is left. */
export function decodeExecutionContent(bytes: Buffer): ExecutionContent {
  if (bytes.length === 0) return { payload: {}, metadata: {} };
  return JSON.parse(bytes.toString('utf8')) as ExecutionContent;
}

import protobuf from 'protobufjs/minimal.js';
import { spage } from './protobuf.js';

const { EarlyTaskProgressUpdate, TaskProgressUpdate } = spage.core;

/**
 * Decodes what an engine sends on `StreamTaskProgress`. Until 2025-08-22 it was another message, whose number 2 is the result:
 * in today's that is a number. An early one doesn't name its play, and its step is called by what it has instead of a number.
 */
export function decodeTaskProgress(bytes: Uint8Array): spage.core.TaskProgressUpdate {
  if (!isEarly(bytes)) return TaskProgressUpdate.decode(bytes);
  const { taskId, result, timestamp } = EarlyTaskProgressUpdate.decode(bytes);
  return new TaskProgressUpdate({
    taskName: taskId,
    ...(result && { result }),
    ...(timestamp && { timestamp }),
  });
}

function isEarly(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 2) return (tag & 7) === 2;
    reader.skipType(tag & 7);
  }
  return false;
}

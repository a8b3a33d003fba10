import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { EngineEnd } from './guard-messages.js';

/** Room that is taken on the disk at the start, so that a full disk can't lose how an engine ended. */
const RESERVED_BYTES = 8_192;

/** Takes the room. Throws if the disk has none: then the engine is not started. */
export function reserveEndFile(file: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, Buffer.alloc(RESERVED_BYTES, ' '), 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes how an engine ended, with as much of its output as there is room for; false if it could not be written. */
export function writeEndFile(file: string, end: EngineEnd): boolean {
  return writeText(file, JSON.stringify(end)) || writeText(file, JSON.stringify({ ...end, tail: '' }));
}

/** How an engine ended; undefined if that isn't there, or not whole. */
export function readEndFile(file: string): EngineEnd | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as EngineEnd;
  } catch {
    return undefined;
  }
}

function writeText(file: string, text: string): boolean {
  try {
    const descriptor = openSync(file, 'r+');
    try {
      const bytes = Buffer.from(text.padEnd(RESERVED_BYTES));
      if (writeSync(descriptor, bytes, 0, bytes.length, 0) < bytes.length) return false;
      ftruncateSync(descriptor, bytes.length);
      fsyncSync(descriptor);
      return true;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

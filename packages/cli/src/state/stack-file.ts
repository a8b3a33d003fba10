import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisAddress } from '@boomerang/redis';
import { isAlive, type ProcessMark, processMark } from './process-mark.js';

/** The addresses by which other commands reach a stack. */
export interface StackAddresses {
  readonly redis: RedisAddress;
  /** URL of its gateway's door for envelopes: `tcp://host:port`. */
  readonly gateway: string;
  /** URL of its HTTP API. */
  readonly http: string;
}

interface StackFile extends StackAddresses {
  readonly owner: ProcessMark;
}

/** Writes the file by which other commands find this stack. Returns a function that removes it. */
export function publishStack(folder: string, { redis, gateway, http }: StackAddresses): () => void {
  const file = join(folder, 'stack.json');
  const content: StackFile = { owner: processMark(process.pid), redis, gateway, http };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return () => {
    if (read(file)?.owner.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The stack that was started last, if it still runs. */
export function runningStack(folder: string): StackAddresses | undefined {
  const stack = read(join(folder, 'stack.json'));
  return stack && isAlive(stack.owner) ? stack : undefined;
}

function read(file: string): StackFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackFile;
  } catch {
    return undefined;
  }
}

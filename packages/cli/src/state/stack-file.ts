import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessMark, processMark } from './process-mark.js';

interface StackFile {
  readonly owner: ProcessMark;
  readonly redis: string;
}

/** Tells other commands where this stack's Redis is. Answers a function that takes it back. */
export function publishStack(folder: string, redis: string): () => void {
  const file = join(folder, 'stack.json');
  const content: StackFile = { owner: processMark(process.pid), redis };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  return () => {
    if (read(file)?.owner.pid === process.pid) rmSync(file, { force: true });
  };
}

/** URL of the Redis of the stack that was started last, if it runs. */
export function runningRedis(folder: string): string | undefined {
  const stack = read(join(folder, 'stack.json'));
  return stack && isAlive(stack.owner) ? stack.redis : undefined;
}

function read(file: string): StackFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackFile;
  } catch {
    return undefined;
  }
}

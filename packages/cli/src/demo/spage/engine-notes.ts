import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the steps of the demo's playbooks have noted of themselves, in a file for each task. */
export class EngineNotes {
  constructor(private readonly folder: string) {}

  /** How often the task was begun. */
  begun(task: string): number {
    return this.#lines(task).filter((line) => line.startsWith('begin')).length;
  }

  /** Whether any of its processes is there. */
  isAlive(task: string): boolean {
    return this.#lines(task)
      .map((line) => Number(/\d+$/.exec(line)?.[0]))
      .some(isRunning);
  }

  #lines(task: string): string[] {
    const file = join(this.folder, task);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  // Where nobody buries the dead, a process that has ended still has its number.
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fsyncFolder } from '../fsync-folder.js';
import { readEndFile } from '../guard/end-file.js';
import { type EngineEnd, RUN_FILES } from '../guard/guard-messages.js';
import type { RunRecord } from './run-record.js';

/** The folders of runs: one for each, from before its engine starts until its end was reported. */
export class RunFolders {
  readonly #root: string;

  constructor(state: string) {
    this.#root = join(state, 'runs');
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
  }

  of(runId: string): string {
    return join(this.#root, runId);
  }

  /** Makes a run's folder. It is on the disk when this returns; throws if the disk is full. */
  create(record: RunRecord): string {
    const folder = this.of(record.runId);
    mkdirSync(folder, { mode: 0o700 });
    const file = join(folder, RUN_FILES.run);
    const descriptor = openSync(`${file}.new`, 'w', 0o600);
    try {
      writeSync(descriptor, JSON.stringify(record));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(`${file}.new`, file);
    fsyncFolder(folder);
    fsyncFolder(this.#root);
    return folder;
  }

  /** All runs that there are. What was never whole is removed: no engine was started for it. */
  read(): RunRecord[] {
    const records: RunRecord[] = [];
    for (const runId of readdirSync(this.#root)) {
      const record = readRecord(join(this.#root, runId, RUN_FILES.run));
      if (record) records.push(record);
      else this.remove(runId);
    }
    return records.sort((one, other) => one.createdAtMs - other.createdAtMs);
  }

  /** How the engine ended, as its guard has written it; undefined if that isn't there. */
  end(runId: string): EngineEnd | undefined {
    return readEndFile(join(this.of(runId), RUN_FILES.end));
  }

  /** Decides that the engine of a run never starts; false if its guard has decided otherwise. */
  forbid(runId: string): boolean {
    try {
      writeFileSync(join(this.of(runId), RUN_FILES.decision), 'forbidden', { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return this.#wasForbidden(runId);
      throw error;
    }
  }

  remove(runId: string): void {
    rmSync(this.of(runId), { recursive: true, force: true });
  }

  #wasForbidden(runId: string): boolean {
    return readFileSync(join(this.of(runId), RUN_FILES.decision), 'utf8') === 'forbidden';
  }
}

function readRecord(file: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Placed, SpoolFile } from './spool-file.js';

/** What is to be told to the API. */
export interface Report {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Whether a report may be given up when there is no room: progress and output may, how a run ended never. */
export type ReportKind = 'progress' | 'result';

interface Stored {
  readonly sequence: number;
  readonly kind: ReportKind;
  readonly report: Report;
}

/** A report that waits. On the disk its content is in a file; what the disk has no room for is in memory. */
interface Waiting {
  readonly sequence: number;
  readonly kind: ReportKind;
  place: { readonly file: SpoolFile; readonly placed: Placed } | undefined;
  content: Buffer | undefined;
  readonly kept: (() => void) | undefined;
}

export interface SpoolListener {
  /** Reports were given up, for want of room. */
  dropped(reports: number): void;
  /** A file was cut or damaged, and ended before its end. */
  damaged(file: string): void;
  /** The disk takes no more. */
  full(error: Error): void;
}

const FILES = 16;
const WRITE_AGAIN_MS = 1_000;

/**
 * Reports in their order, until the API has them. They outlive the process, and results the machine. When there is more than
 * the bound, the oldest progress is given up, and results never are.
 */
export class Spool {
  readonly #folder: string;
  readonly #files: SpoolFile[] = [];
  #waiting: Waiting[] = [];
  #sequence = 0;
  #again: NodeJS.Timeout | undefined;

  /** Reads what an earlier daemon has left. */
  constructor(
    state: string,
    private readonly mostBytes: number,
    private readonly listener: SpoolListener,
  ) {
    this.#folder = join(state, 'spool');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder).sort()) this.#read(name);
    this.#waiting.sort((one, other) => one.sequence - other.sequence);
  }

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** Adds progress: it is given up when there is no room. */
  addProgress(report: Report): void {
    this.#add('progress', report, undefined);
  }

  /** Adds a result. Resolves once it outlives the machine, or the API has it; until then it is kept in memory. */
  addResult(report: Report): Promise<void> {
    return new Promise((resolve) => this.#add('result', report, resolve));
  }

  /** The first so many, in order. */
  first(most: number): readonly Stored[] {
    return this.#waiting.slice(0, most).map(({ place, content }) => {
      const bytes = content ?? place?.file.content(place.placed) ?? Buffer.from('');
      return JSON.parse(bytes.toString('utf8')) as Stored;
    });
  }

  /** The API has all reports up to this one. */
  taken(sequence: number): void {
    const rest = this.#waiting.findIndex((waiting) => waiting.sequence > sequence);
    const taken = this.#waiting.splice(0, rest === -1 ? this.#waiting.length : rest);
    for (const { kept } of taken) kept?.();
    this.#tidy();
  }

  close(): void {
    clearTimeout(this.#again);
    for (const file of this.#files) file.close();
  }

  #add(kind: ReportKind, report: Report, kept: (() => void) | undefined): void {
    this.#sequence += 1;
    const stored: Stored = { sequence: this.#sequence, kind, report };
    const waiting: Waiting = {
      sequence: stored.sequence,
      kind,
      place: undefined,
      content: Buffer.from(JSON.stringify(stored)),
      kept,
    };
    this.#makeRoom(waiting.content?.length ?? 0);
    if (kind === 'progress' && this.bytes + (waiting.content?.length ?? 0) > this.mostBytes) {
      this.listener.dropped(1);
      return;
    }
    this.#waiting.push(waiting);
    if (!this.#write(waiting) && kind === 'progress') {
      this.#waiting.pop();
      this.listener.dropped(1);
    }
  }

  /** False if the disk takes it not: a result is tried again. */
  #write(waiting: Waiting): boolean {
    const { content, kind } = waiting;
    if (!content) return true;
    try {
      const file = this.#current();
      const placed = file.append(content);
      if (kind === 'result') file.sync();
      waiting.place = { file, placed };
      waiting.content = undefined;
      waiting.kept?.();
      return true;
    } catch (error) {
      this.listener.full(error as Error);
      if (kind === 'result') this.#again ??= setTimeout(() => this.#writeAgain(), WRITE_AGAIN_MS);
      return false;
    }
  }

  /** On a full disk the oldest progress makes room for a result. */
  #writeAgain(): void {
    this.#again = undefined;
    if (this.#waiting.some(({ content }) => content)) this.#dropOldest();
    for (const waiting of this.#waiting) if (!this.#write(waiting)) return;
  }

  #makeRoom(bytes: number): void {
    while (this.bytes + bytes > this.mostBytes && this.#dropOldest());
  }

  /** Gives up the progress of the oldest file that has any; false if there is none. */
  #dropOldest(): boolean {
    for (const file of this.#files) {
      const inside = this.#waiting.filter(({ place }) => place?.file === file);
      const progress = inside.filter(({ kind }) => kind === 'progress');
      if (progress.length === 0) continue;
      const results = inside.filter(({ kind }) => kind === 'result');
      if (!this.#rewrite(file, results)) continue;
      const given = new Set(progress);
      this.#waiting = this.#waiting.filter((waiting) => !given.has(waiting));
      this.listener.dropped(progress.length);
      return true;
    }
    return false;
  }

  /** Replaces a file by one with these reports alone, which are on the disk before it goes. */
  #rewrite(file: SpoolFile, keep: readonly Waiting[]): boolean {
    if (keep.length > 0) {
      try {
        const target = this.#start();
        for (const waiting of keep) {
          const placed = target.append(file.content((waiting.place as { placed: Placed }).placed));
          waiting.place = { file: target, placed };
        }
        target.sync();
      } catch (error) {
        this.listener.full(error as Error);
        return false;
      }
    }
    this.#files.splice(this.#files.indexOf(file), 1);
    file.remove();
    return true;
  }

  #current(): SpoolFile {
    const last = this.#files.at(-1);
    return last && last.bytes < this.mostBytes / FILES ? last : this.#start();
  }

  #start(): SpoolFile {
    this.#sequence += 1;
    const file = SpoolFile.create(join(this.#folder, `${String(this.#sequence).padStart(16, '0')}.log`));
    this.#files.push(file);
    return file;
  }

  /** Removes files of which all was taken. The last one is emptied. */
  #tidy(): void {
    const needed = new Set(this.#waiting.map(({ place }) => place?.file));
    for (const file of [...this.#files]) {
      if (needed.has(file)) continue;
      if (file === this.#files.at(-1)) file.clear();
      else {
        this.#files.splice(this.#files.indexOf(file), 1);
        file.remove();
      }
    }
  }

  #read(name: string): void {
    const path = join(this.#folder, name);
    const file = new SpoolFile(path);
    const { records, wasDamaged } = file.read();
    if (wasDamaged) this.listener.damaged(path);
    this.#files.push(file);
    this.#sequence = Math.max(this.#sequence, Number.parseInt(name, 10) || 0);
    for (const { content, ...placed } of records) {
      const { sequence, kind } = JSON.parse(content.toString('utf8')) as Stored;
      this.#sequence = Math.max(this.#sequence, sequence);
      this.#waiting.push({ sequence, kind, place: { file, placed }, content: undefined, kept: undefined });
    }
  }
}

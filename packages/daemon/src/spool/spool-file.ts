import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { fsyncFolder } from '../fsync-folder.js';

/** Length and checksum, 4 bytes each, big-endian. */
const HEADER_BYTES = 8;
const MOST_RECORD_BYTES = 8 * 1_048_576;

export interface Placed {
  readonly offset: number;
  readonly length: number;
}

/** A file of records that is only appended to. A record is whole, or it is not there. */
export class SpoolFile {
  readonly #descriptor: number;
  #bytes = 0;

  constructor(readonly path: string) {
    // Not 'a': on some systems that would write at the end whatever the position.
    this.#descriptor = openSync(path, 'r+');
  }

  static create(path: string): SpoolFile {
    closeSync(openSync(path, 'a', 0o600));
    fsyncFolder(dirname(path));
    return new SpoolFile(path);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** All records up to the first that is damaged; what follows it is cut off. */
  read(): {
    readonly records: readonly (Placed & { readonly content: Buffer })[];
    readonly wasDamaged: boolean;
  } {
    const records: (Placed & { content: Buffer })[] = [];
    for (;;) {
      const content = this.#recordAt(this.#bytes);
      if (!content) break;
      records.push({ offset: this.#bytes, length: content.length, content });
      this.#bytes += HEADER_BYTES + content.length;
    }
    const rest = this.#readAt(this.#bytes, 1).length;
    ftruncateSync(this.#descriptor, this.#bytes);
    return { records, wasDamaged: rest > 0 };
  }

  /** @throws Error when the disk is full; then nothing of the record is there. */
  append(content: Buffer): Placed {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(content.length, 0);
    header.writeUInt32BE(crc32(content), 4);
    const record = Buffer.concat([header, content]);
    const offset = this.#bytes;
    try {
      for (let done = 0; done < record.length; ) {
        done += writeSync(this.#descriptor, record, done, record.length - done, offset + done);
      }
    } catch (error) {
      ftruncateSync(this.#descriptor, offset);
      throw error;
    }
    this.#bytes += record.length;
    return { offset, length: content.length };
  }

  content({ offset, length }: Placed): Buffer {
    return this.#readAt(offset + HEADER_BYTES, length);
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  clear(): void {
    ftruncateSync(this.#descriptor, 0);
    this.#bytes = 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  #recordAt(offset: number): Buffer | undefined {
    const header = this.#readAt(offset, HEADER_BYTES);
    if (header.length < HEADER_BYTES) return undefined;
    const length = header.readUInt32BE(0);
    if (length === 0 || length > MOST_RECORD_BYTES) return undefined;
    const content = this.#readAt(offset + HEADER_BYTES, length);
    return content.length === length && crc32(content) === header.readUInt32BE(4) ? content : undefined;
  }

  #readAt(offset: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.#descriptor, buffer, done, length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return buffer.subarray(0, done);
  }
}

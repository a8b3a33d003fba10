import type { Body } from './body.js';
import type { Gathered } from './gathered.js';
import type { LineReader } from './line-reader.js';

/** A body of so many bytes. */
export class LengthBody implements Body {
  readonly endsWithConnection = false;

  constructor(private missing: number) {}

  read(from: LineReader, into: Gathered): boolean {
    const piece = from.take(this.missing);
    into.add(piece);
    this.missing -= piece.length;
    return this.missing === 0;
  }
}

/** All that comes on the connection. */
export const UNTIL_CLOSE: Body = {
  endsWithConnection: true,
  read(from, into) {
    into.add(from.take(from.left));
    return false;
  },
};

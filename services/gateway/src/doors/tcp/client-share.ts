/** Frames of one client that are begun in one turn of the event loop, so that others' frames come in between. */
const FRAMES_PER_TURN = 64;
/** What one client's requests, their answers and unread bytes may take up together, over all its connections. */
const MOST_BYTES = 64 * 1_048_576;
/** A frame that has come in part takes one of so many places once it has grown beyond so many bytes. */
const LARGE_FRAMES = 32;
export const LARGE_FRAME_BYTES = 65_536;

/** Goes on with a connection that had to wait. */
export type GoOn = () => void;

/** What the connections of one client share of a gateway: its attention, and its memory. */
export class ClientShare {
  connections = 0;
  #framesLeft = FRAMES_PER_TURN;
  #turnBegun = false;
  readonly #forTurn = new Set<GoOn>();
  #bytes = 0;
  /** Connections with anything in flight or unread. */
  #busy = 0;
  readonly #forMemory = new Set<GoOn>();
  #largeFrames = 0;
  readonly #forLargeFrame = new Set<GoOn>();

  /** Whether a frame may be begun in this turn of the event loop; if not, `goOn` is called in one of the next. */
  takeTurn(goOn: GoOn): boolean {
    if (!this.#turnBegun) {
      this.#turnBegun = true;
      setImmediate(() => this.#nextTurn());
    }
    if (this.#framesLeft === 0) {
      this.#forTurn.add(goOn);
      return false;
    }
    this.#framesLeft -= 1;
    return true;
  }

  #nextTurn(): void {
    this.#framesLeft = FRAMES_PER_TURN;
    this.#turnBegun = false;
    for (const goOn of this.#forTurn) {
      if (this.#framesLeft === 0) break;
      this.#forTurn.delete(goOn);
      goOn();
    }
    if (this.#forTurn.size > 0 && !this.#turnBegun) {
      this.#turnBegun = true;
      setImmediate(() => this.#nextTurn());
    }
  }

  /** A connection held so many bytes in flight and unread, and holds so many now. */
  hold(before: number, now: number): void {
    this.#bytes += now - before;
    this.#busy += Number(now > 0) - Number(before > 0);
    if (now < before) wake(this.#forMemory, () => this.#hasMemory());
  }

  /** Whether a request may be begun; if not, `goOn` is called when that may have changed. One always may where nothing is held. */
  takeMemory(goOn: GoOn): boolean {
    if (this.#hasMemory()) return true;
    this.#forMemory.add(goOn);
    return false;
  }

  #hasMemory(): boolean {
    return this.#bytes < MOST_BYTES || this.#busy === 0;
  }

  /** A place for a large frame that has come in part, until `releaseLargeFrame`; without one, `goOn` is called when one may be free. */
  takeLargeFrame(goOn: GoOn): boolean {
    if (this.#largeFrames >= LARGE_FRAMES) {
      this.#forLargeFrame.add(goOn);
      return false;
    }
    this.#largeFrames += 1;
    return true;
  }

  releaseLargeFrame(): void {
    this.#largeFrames -= 1;
    wake(this.#forLargeFrame, () => this.#largeFrames < LARGE_FRAMES);
  }

  /** Forgets a connection that has ended. */
  forget(goOn: GoOn): void {
    for (const waiting of [this.#forTurn, this.#forMemory, this.#forLargeFrame]) waiting.delete(goOn);
  }
}

/** In the order in which they came, as long as there is room. */
function wake(waiting: Set<GoOn>, hasRoom: () => boolean): void {
  for (const goOn of [...waiting]) {
    if (!hasRoom()) return;
    waiting.delete(goOn);
    goOn();
  }
}

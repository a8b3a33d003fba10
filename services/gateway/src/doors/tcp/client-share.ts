/** Frames of one client that are begun in one turn of the event loop; then frames of other clients have their turn. */
const FRAMES_PER_TURN = 64;
/** Memory of one client's requests, their answers and unread bytes together, over all its connections, bytes. */
const MOST_BYTES = 64 * 1_048_576;
/** Large frames that one client may have received in part at a time. */
const LARGE_FRAMES = 32;
export const LARGE_FRAME_BYTES = 65_536;

/** Continues a connection that had to wait. */
export type GoOn = () => void;

/** One client's share of a gateway's time and memory, which all its connections use together. */
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

  /** Notes how many bytes a connection has in flight and unread: `before` until now, `now` from now on. */
  hold(before: number, now: number): void {
    this.#bytes += now - before;
    this.#busy += Number(now > 0) - Number(before > 0);
    if (now < before) wake(this.#forMemory, () => this.#hasMemory());
  }

  /** Whether a request may be begun; always true if the client holds no memory. If not, `goOn` is called once it may be. */
  takeMemory(goOn: GoOn): boolean {
    if (this.#hasMemory()) return true;
    this.#forMemory.add(goOn);
    return false;
  }

  #hasMemory(): boolean {
    return this.#bytes < MOST_BYTES || this.#busy === 0;
  }

  /** Takes a place for a large frame, until `releaseLargeFrame`. False: none is free; `goOn` is called when one may be. */
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

/** Continues waiting connections in the order in which they came, as long as there is room. */
function wake(waiting: Set<GoOn>, hasRoom: () => boolean): void {
  for (const goOn of [...waiting]) {
    if (!hasRoom()) return;
    waiting.delete(goOn);
    goOn();
  }
}

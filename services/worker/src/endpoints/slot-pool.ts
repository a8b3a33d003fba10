import { Turns } from './turns.js';

/** Slots that clients share. */
export class SlotPool {
  readonly turns = new Turns();
  inUse = 0;

  constructor(readonly total: number) {}

  get free(): number {
    return this.total - this.inUse;
  }
}

/** The slots of the worker or of an origin. Suspect endpoints get half of them at most. */
export class SlotPools {
  readonly all: SlotPool;
  readonly suspect: SlotPool;

  constructor(total: number) {
    this.all = new SlotPool(total);
    this.suspect = new SlotPool(Math.ceil(total / 2));
  }
}

/** Writes answers in the order of their requests, although they become ready in any order. */
export class AnswerQueue {
  readonly #slots: { answer: Buffer | undefined }[] = [];
  #first = 0;

  /** @param write called with each answer when its turn has come. */
  constructor(private readonly write: (answer: Buffer) => void) {}

  /** Requests whose answers have not been written yet. */
  get length(): number {
    return this.#slots.length - this.#first;
  }

  /** Keeps a place in the order; the returned function fills it. */
  reserve(): (answer: Buffer) => void {
    const slot: { answer: Buffer | undefined } = { answer: undefined };
    this.#slots.push(slot);
    return (answer) => {
      slot.answer = answer;
      this.#flush();
    };
  }

  #flush(): void {
    for (let slot = this.#slots[this.#first]; slot?.answer; slot = this.#slots[this.#first]) {
      this.#first++;
      this.write(slot.answer);
      slot.answer = undefined;
    }
    if (this.#first < 1_024 && this.#first < this.#slots.length) return;
    this.#slots.splice(0, this.#first);
    this.#first = 0;
  }
}

/** Reads one mapping of a configuration file, and collects what is wrong as lines that say where, what, and what is allowed. */
export class Section {
  readonly #read = new Set<string>();
  readonly #entries: Readonly<Record<string, unknown>>;

  /** @param path of the mapping in the file, such as `engines.spage`; '' = the file itself. */
  constructor(
    private readonly path: string,
    value: unknown,
    private readonly problems: string[],
  ) {
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMapping) this.refuse('', value, 'a mapping of names to values');
    this.#entries = isMapping ? (value as Record<string, unknown>) : {};
  }

  get keys(): readonly string[] {
    return Object.keys(this.#entries);
  }

  has(key: string): boolean {
    return this.#entries[key] !== undefined && this.#entries[key] !== null;
  }

  text(key: string): string | undefined {
    const value = this.#take(key);
    if (value === undefined || typeof value === 'string') return value;
    return this.refuse(key, value, 'a text');
  }

  whole(key: string, min: number, max: number, otherwise: number): number {
    const value = this.#take(key);
    if (value === undefined) return otherwise;
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max)
      return value as number;
    this.refuse(key, value, `a whole number from ${min} to ${max}`);
    return otherwise;
  }

  flag(key: string): boolean {
    const value = this.#take(key);
    if (value !== undefined && typeof value !== 'boolean') this.refuse(key, value, 'true or false');
    return value === true;
  }

  texts(key: string): readonly string[] {
    const value = this.#take(key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.refuse(key, value, 'a list of texts');
    return [];
  }

  section(key: string): Section {
    return new Section(this.#pathOf(key), this.#take(key) ?? {}, this.problems);
  }

  /** Notes what is wrong with a key, and answers undefined. */
  refuse(key: string, value: unknown, allowed: string): undefined {
    const shown = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 100)}`;
    this.problems.push(`${this.#pathOf(key) || 'the file'} ${shown}: expected ${allowed}`);
  }

  /** To be called when all keys were read: whatever else is there is refused. */
  end(): void {
    for (const key of this.keys) {
      if (this.#read.has(key)) continue;
      this.problems.push(
        `${this.#pathOf(key)} is not known: expected one of ${[...this.#read].sort().join(', ')}`,
      );
    }
  }

  #take(key: string): unknown {
    this.#read.add(key);
    return this.#entries[key] ?? undefined;
  }

  #pathOf(key: string): string {
    return [this.path, key].filter((part) => part !== '').join('.');
  }
}

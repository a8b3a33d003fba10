import { type BoomerangError, invalidField, quote } from '@boomerang/domain';

/** One event of a stream, whatever carries it. */
export interface StreamEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Reads the data of an event; an error names the key as `type.key`. */
export class EventReader {
  constructor(private readonly event: StreamEvent) {}

  /** @throws BoomerangError `invalid_request` if it is absent, empty or longer than `most` characters. */
  text(key: string, most: number): string {
    const text = this.event.data[key] ?? '';
    if (text === '') throw this.#refusal(key, 'it is missing', `1 to ${most} characters`);
    return this.optional(key, most);
  }

  /** '' if it is absent. @throws BoomerangError `invalid_request` if it is longer than `most` characters. */
  optional(key: string, most: number): string {
    const text = this.event.data[key] ?? '';
    if (text.length > most) throw this.#refusal(key, `${text.length} characters`, `at most ${most}`);
    return text;
  }

  /** '' if it is absent. @throws BoomerangError `invalid_request` if it is longer than `most` bytes. */
  bytes(key: string, most: number): string {
    const text = this.event.data[key] ?? '';
    const bytes = Buffer.byteLength(text);
    if (bytes > most) throw this.#refusal(key, `${bytes} bytes`, `at most ${most} bytes`);
    return text;
  }

  /** `otherwise` if it is absent; without it the key is required. */
  number(key: string, min: number, max: number, otherwise?: number): number {
    const text = this.event.data[key];
    if (text === undefined && otherwise !== undefined) return otherwise;
    const value = text !== undefined && /^-?\d{1,16}(\.\d{1,16})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const problem = text === undefined ? 'it is missing' : `${quote(text)} is out of range`;
    throw this.#refusal(key, problem, `a number from ${min} to ${max}`);
  }

  whole(key: string, min: number, max: number, otherwise?: number): number {
    const value = this.number(key, min, max, otherwise);
    if (Number.isSafeInteger(value)) return value;
    throw this.#refusal(key, `${value} is no whole number`, `a whole number from ${min} to ${max}`);
  }

  /** False if it is absent. */
  flag(key: string): boolean {
    const text = this.event.data[key] ?? 'false';
    if (text === 'true' || text === 'false') return text === 'true';
    throw this.#refusal(key, `${quote(text)} is neither`, 'true or false');
  }

  /** The entries `prefix.<key>`, without the prefix; together at most `mostBytes`. */
  entries(prefix: string, mostBytes: number): Record<string, string> {
    const found: Record<string, string> = {};
    let bytes = 0;
    for (const [key, value] of Object.entries(this.event.data)) {
      if (!key.startsWith(`${prefix}.`)) continue;
      bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
      if (bytes > mostBytes)
        throw this.#refusal(`${prefix}.*`, `over ${mostBytes} bytes`, `at most ${mostBytes} bytes`);
      found[key.slice(prefix.length + 1)] = value;
    }
    return found;
  }

  #refusal(key: string, problem: string, allowed: string): BoomerangError {
    return invalidField(`${this.event.type}.${key}`, problem, allowed);
  }
}

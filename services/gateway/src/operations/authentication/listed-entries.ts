import { readFileSync } from 'node:fs';
import { ConfigError } from '@boomerang/runtime';

/** Reads one entry of a list, and tells what is wrong with it. Every method throws a ConfigError. */
export class ListedEntry {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(
    private readonly variable: string,
    private readonly index: number,
    entry: unknown,
  ) {
    this.#fields = (entry ?? {}) as Record<string, unknown>;
  }

  get(field: string): unknown {
    return this.#fields[field];
  }

  text(field: string, pattern: RegExp, allowed: string, otherwise?: string): string {
    const value = this.#fields[field] ?? otherwise;
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw this.bad(field, allowed);
  }

  /** The name by which key ids, logs and the audit log know the entry. */
  name(): string {
    return this.text('name', /^[A-Za-z0-9-]{1,32}$/, '1 to 32 letters, digits or "-"');
  }

  /** In the order of `allowed`. */
  listOf<T extends string>(field: string, allowed: readonly T[], otherwise: readonly T[]): T[] {
    const value = this.#fields[field] ?? otherwise;
    const list = Array.isArray(value) ? value : [];
    const known = allowed.filter((each) => list.includes(each));
    if (list.length > 0 && known.length === list.length) return known;
    throw this.bad(field, `a list of ${allowed.join(', ')}`);
  }

  bad(field: string, allowed: string): ConfigError {
    const value = JSON.stringify(this.#fields[field]) ?? 'missing';
    return badEntries(this.variable, `[${this.index}].${field} is ${value}`, allowed);
  }
}

/**
 * The entries that a file lists, each with a name of its own.
 *
 * @param variable the setting that names the file.
 * @throws ConfigError if the file can't be read, or says what is not allowed.
 */
export function readListedEntries<T extends { readonly name: string }>(
  variable: string,
  path: string,
  what: string,
  read: (entry: ListedEntry) => T,
): T[] {
  const content = readJson(variable, path);
  if (!Array.isArray(content))
    throw badEntries(variable, 'the file holds no list', `a JSON array of ${what}`);
  const entries = content.map((entry, index) => read(new ListedEntry(variable, index, entry)));
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return entries;
  throw badEntries(variable, `two ${what} have the name ${JSON.stringify(twice)}`, 'one each');
}

function readJson(variable: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const problem = `${JSON.stringify(path)} can't be read (${(error as Error).message})`;
    throw badEntries(variable, problem, 'a file of JSON');
  }
}

function badEntries(variable: string, problem: string, allowed: string): ConfigError {
  return new ConfigError([`${variable}: ${problem}: expected ${allowed}`]);
}

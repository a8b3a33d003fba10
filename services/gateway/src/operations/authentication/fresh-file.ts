import { stat } from 'node:fs/promises';

/** A file is looked at again after so long, ms. */
const TRUST_MS = 1_000;

/**
 * What a file says now: a file that is replaced is taken over within a second. While it is being replaced, or is damaged, what
 * it said before stays in use.
 *
 * @param read may throw or reject.
 * @param onBad hears once of each reason for which a file is not taken over.
 */
export function freshFile<T>(
  path: string,
  read: (path: string) => T | Promise<T>,
  onBad: (error: Error) => void = () => undefined,
): () => Promise<T> {
  let known: { readonly value: T } | undefined;
  let [writtenMs, lookedAt] = [Number.NaN, Number.NEGATIVE_INFINITY];
  let told = '';

  async function look(): Promise<T> {
    lookedAt = performance.now();
    const { mtimeMs } = await stat(path);
    if (known && mtimeMs === writtenMs) return known.value;
    writtenMs = mtimeMs;
    const value = await read(path);
    known = { value };
    told = '';
    return value;
  }

  return async () => {
    if (known && performance.now() - lookedAt < TRUST_MS) return known.value;
    try {
      return await look();
    } catch (error) {
      if (!known) throw error;
      const { message } = error as Error;
      if (message !== told) onBad(error as Error);
      told = message;
      return known.value;
    }
  };
}

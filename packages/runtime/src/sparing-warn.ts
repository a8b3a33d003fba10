import type { Logger } from 'pino';

/** Warns of `err`; like `logger.warn({ ...details, err }, message)`. */
export type SparingWarn = (message: string, err: unknown, details?: object) => void;

interface Held {
  count: number;
  last: { err: unknown; details: object };
}

/**
 * Warnings of what goes wrong again and again as long as its cause lasts. The first of a kind (message and kind of error)
 * is written at once. Those of the next `everyMs` are counted, and the last of them is written at the end of that time
 * with `repeats`, the number of those that were not.
 */
export function createSparingWarn(logger: Logger, everyMs = 5_000): SparingWarn {
  const byKind = new Map<string, Held | undefined>();

  function hold(kind: string, message: string): void {
    byKind.set(kind, undefined);
    setTimeout(() => {
      const held = byKind.get(kind);
      byKind.delete(kind);
      if (!held) return;
      hold(kind, message);
      const { count, last } = held;
      logger.warn({ ...last.details, err: last.err, repeats: count - 1 }, message);
    }, everyMs).unref();
  }

  return (message, err, details = {}) => {
    const kind = `${message} ${kindOf(err)}`;
    if (!byKind.has(kind)) {
      hold(kind, message);
      logger.warn({ ...details, err }, message);
      return;
    }
    const count = (byKind.get(kind)?.count ?? 0) + 1;
    byKind.set(kind, { count, last: { err, details } });
  };
}

/** What an error is, whatever it names. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code, name, message, cause } = error as NodeJS.ErrnoException;
  return `${name} ${code ?? message.split(' ', 1)[0]} ${cause ? kindOf(cause) : ''}`;
}

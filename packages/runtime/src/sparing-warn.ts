import type { Logger } from 'pino';

/** Logs a warning about `err`, as `logger.warn({ ...details, err }, message)` does. */
export type SparingWarn = (message: string, err: unknown, details?: object) => void;

interface Held {
  count: number;
  last: { err: unknown; details: object };
}

/**
 * Limits warnings that repeat as long as their cause lasts. The first of a kind (same message, same kind of error) is
 * written at once. The following ones within `everyMs` are only counted. At the end of that time the last of them is
 * written, with the number of the others as `repeats`.
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

/** Tells kinds of errors apart, without the names and numbers in their messages. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code, name, message, cause } = error as NodeJS.ErrnoException;
  return `${name} ${code ?? message.split(' ', 1)[0]} ${cause ? kindOf(cause) : ''}`;
}

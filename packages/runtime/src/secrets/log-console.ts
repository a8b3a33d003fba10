import type { Logger } from 'pino';

const LEVELS = { error: 'error', warn: 'warn', info: 'info', log: 'info', debug: 'debug' } as const;

/** Makes lines of the log of what libraries print where nobody listens to them, so that it is redacted as well. */
export function logConsole(logger: Logger): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => {
      const err = args.find((arg) => arg instanceof Error);
      const text = args.filter((arg) => typeof arg !== 'object').join(' ');
      logger[level]({ ...(err && { err }), printed: text }, 'printed by a library');
    };
  }
}

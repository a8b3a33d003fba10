import type { Logger } from 'pino';

const LEVELS = { error: 'error', warn: 'warn', info: 'info', log: 'info', debug: 'debug' } as const;

/** Turns what libraries print on the console into lines of the log, so that secrets are hidden there, too. */
export function logConsole(logger: Logger): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => {
      const err = args.find((arg) => arg instanceof Error);
      const text = args.filter((arg) => typeof arg !== 'object').join(' ');
      logger[level]({ ...(err && { err }), printed: text }, 'printed by a library');
    };
  }
}

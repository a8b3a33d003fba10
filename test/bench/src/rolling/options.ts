import { parseArgs } from 'node:util';

export interface RollingOptions {
  readonly perSecond: number;
  readonly calmSeconds: number;
  /** p99 of each phase may be this many times that of the calm one; undefined: it is not judged. */
  readonly mostTimesCalm: number | undefined;
}

export const USAGE = 'npm run bench:rolling -- [--rate N] [--calm SECONDS] [--judge TIMES]';

/** @throws when the arguments can't be understood. */
export function readOptions(args: readonly string[]): RollingOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '200' },
      calm: { type: 'string', default: '15' },
      judge: { type: 'string' },
    },
  });
  return {
    perSecond: positive('--rate', values.rate),
    calmSeconds: positive('--calm', values.calm),
    mostTimesCalm: values.judge === undefined ? undefined : positive('--judge', values.judge),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} ${text} is no number above 0`);
  return value;
}

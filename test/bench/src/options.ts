import { parseArgs } from 'node:util';

export const PARTS = ['parked', '200', '2000', 'drain', 'sustain', 'idle', 'baseline'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly only: ReadonlySet<Part>;
  /** Tasks that lie parked while the load runs. */
  readonly parked: number;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the services leave their CPU profiles. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench:smoke -- [--only ${PARTS.join(',')}] [--parked N] [--json FILE] [--profile FOLDER]`;

/** @throws when the arguments can't be understood. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      parked: { type: 'string', default: '0' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const parked = Number(values.parked);
  if (!Number.isSafeInteger(parked) || parked < 0) throw new Error(`--parked ${values.parked} is no number`);
  return {
    only: new Set(values.only === undefined ? PARTS : values.only.split(',').map(requirePart)),
    parked,
    json: values.json,
    profile: values.profile,
  };
}

function requirePart(text: string): Part {
  const part = PARTS.find((known) => known === text);
  if (!part) throw new Error(`--only ${text} is none of ${PARTS.join(', ')}`);
  return part;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type SpageEnd = 'completed' | 'cancelled';

/** One task of the demo, and what is expected of it. */
export interface SpageTask {
  readonly name: string;
  readonly about: string;
  /** Name and command of each step. `$notes` is the file that it notes its processes in. */
  readonly steps: readonly (readonly [name: string, shell: string])[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly end: SpageEnd;
  /** How often an engine begins it. */
  readonly begun: number;
}

/** How long the API is away, ms. */
export const AWAY_MS = 10_000;

const BEGIN = 'echo "begin $$" >> $notes';
const counted = (from: number, to: number, seconds: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => [`step ${from + i}`, `sleep ${seconds}`] as const);

export const spagePlan = {
  progress: {
    name: 'progress',
    about: 'a playbook of six steps',
    steps: [['step 1', BEGIN], ...counted(2, 6, 0.5)],
    metadata: {},
    end: 'completed',
    begun: 1,
  },
  retried: {
    name: 'retried',
    about: 'fails once, then completes',
    steps: [['fails once', `${BEGIN}; test $(wc -l < $notes) = 2`]],
    metadata: { max_attempts: '3', retry_interval_ms: '500' },
    end: 'completed',
    begun: 2,
  },
  cancelled: {
    name: 'cancelled',
    about: 'is cancelled while it runs',
    steps: [['runs for ever', `${BEGIN}; sleep 600 & echo "child $!" >> $notes; wait`]],
    metadata: {},
    end: 'cancelled',
    begun: 1,
  },
  moved: {
    name: 'moved',
    about: 'its daemon is killed, another takes it over',
    steps: [['step 1', BEGIN], ...counted(2, 5, 1)],
    metadata: { lease_ms: '2000', max_attempts: '3', retry_interval_ms: '100' },
    end: 'completed',
    begun: 2,
  },
  found: {
    name: 'found',
    about: 'its daemon is killed and started again',
    steps: [['step 1', BEGIN], ...counted(2, 6, 1)],
    metadata: { lease_ms: '30000' },
    end: 'completed',
    begun: 1,
  },
  away: {
    name: 'away',
    about: `the API is away for ${AWAY_MS / 1_000} s while it runs`,
    steps: [['step 1', BEGIN], ...counted(2, 13, 1)],
    metadata: { lease_ms: '60000' },
    end: 'completed',
    begun: 1,
  },
} as const satisfies Readonly<Record<string, SpageTask>>;

/** Writes the playbooks of the plan, one for each task. */
export function writePlaybooks(folder: string): void {
  for (const { name, steps } of Object.values(spagePlan)) {
    const playbook = steps.map(([step, shell]) => ({ name: step, shell }));
    writeFileSync(join(folder, `${name}.yml`), JSON.stringify(playbook, undefined, 2));
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@boomerang/testkit';

/** A process of which every word is kept. */
export interface WatchedProcess {
  readonly name: string;
  /** Standard output and standard error so far. */
  output(): string;
  /** Waits until the output has so many matches. */
  says(pattern: RegExp, count?: number): Promise<void>;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const CLI = 'packages/cli/dist/main.js';

/** What each is started as: the three services, and those commands of the CLI that talk to Redis or to a gateway. */
export const programs = {
  gateway: ['services/gateway/dist/main.js'],
  scheduler: ['services/scheduler/dist/main.js'],
  worker: ['services/worker/dist/main.js'],
  start: [CLI, 'start'],
  'client add-key': [CLI, 'client', 'add-key', 'shop'],
  'client secret list': [CLI, 'client', 'secret', 'list', 'shop'],
  'client dlq list': [CLI, 'client', 'dlq', 'list'],
} as const;

export type ProgramName = keyof typeof programs;

/** @param env the settings, `BOOMERANG_…`; none of this process's own are passed on. */
export function watchProcess(name: ProgramName, env: Readonly<Record<string, string>>): WatchedProcess {
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('BOOMERANG_'));
  const child = spawn(process.execPath, programs[name], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    name,
    output: () => output,
    async says(pattern, count = 1) {
      const matches = () => output.match(new RegExp(pattern, 'g'))?.length ?? 0;
      await waitFor(() => matches() >= count, {
        timeoutMs: 40_000,
        message: `${name} to say ${pattern}`,
      }).catch((error) => {
        throw new Error(`${(error as Error).message}; it wrote:\n${output}`);
      });
    },
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { guardAgainstOrphan } from '@boomerang/redis-server';
import { waitFor } from '@boomerang/testkit';
import { createProcessFinder, MARK, type MarkedProcess } from './marked-processes.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What keeps on running, or is started, in spite of an end. */
const STAYING = /services\/(gateway|scheduler|worker)\/dist\/main\.js|redis-server|nats-server/;

/** A command that runs in a process group of its own. */
export interface Run {
  readonly pid: number;
  processes(): MarkedProcess[];
  /** Waits until a process of each kind is there. */
  has(kinds: readonly RegExp[]): Promise<void>;
  /** Waits for such a line in what it writes. */
  says(pattern: RegExp): Promise<void>;
  /**
   * Waits until nothing of the run is left; services and servers that were started in the meantime. Rejects with what is
   * left after 25 s.
   */
  over(): Promise<MarkedProcess[]>;
  /** Kills what may be left. */
  cleanUp(): void;
}

export function startRun(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Run {
  const mark = randomUUID();
  const child: ChildProcess = spawn(command, args, {
    cwd: root,
    detached: true,
    env: { ...process.env, ...env, [MARK]: mark },
    // A terminal whose input is at its end would hang up by itself.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  guardAgainstOrphan(child, { signal: 'KILL' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const processes = createProcessFinder(mark);

  async function waitHere(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
    await waitFor(condition, { timeoutMs, message: what, everyMs: 50 }).catch((error) => {
      const left = processes().map(({ pid, parent, command }) => `${pid} (of ${parent}) ${command}`);
      throw new Error(`${(error as Error).message}; there are:\n${left.join('\n')}\nit wrote:\n${output}`);
    });
  }

  return {
    pid: child.pid as number,
    processes,
    has: (kinds) =>
      waitHere(
        () => {
          const commands = processes().map(({ command }) => command);
          return kinds.every((kind) => commands.some((one) => kind.test(one)));
        },
        90_000,
        `processes like ${kinds.join(', ')}`,
      ),
    says: (pattern) => waitHere(() => pattern.test(output), 90_000, `${pattern}`),
    async over() {
      const before = new Set(processes().map(({ pid }) => pid));
      const started = new Map<number, MarkedProcess>();
      await waitHere(
        () => {
          const now = processes();
          for (const one of now)
            if (!before.has(one.pid) && STAYING.test(one.command)) started.set(one.pid, one);
          return now.length === 0;
        },
        25_000,
        'the end of all',
      );
      return [...started.values()];
    },
    cleanUp() {
      for (const { pid } of processes()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It was faster.
        }
      }
    },
  };
}

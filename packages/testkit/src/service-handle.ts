import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Program, type ServiceName, spawnService, waitUntilReady } from '@boomerang/cli';

/** A service as a process of its own. */
export interface ServiceHandle {
  readonly pid: number;
  readonly httpPort: number;
  /** Whether its process is there, be it stopped. */
  readonly running: boolean;
  /** Its exit code; null while it runs, and when a signal ended it. */
  readonly exitCode: number | null;
  /** Default SIGKILL. Waits for the end of the process, unless the signal is one that ends none. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when `/readyz` says so; rejects with what the service wrote if it ends before that. */
  ready(): Promise<void>;
  /** Starts it again, on the same ports; one that still runs is killed first. Resolves when it is ready. */
  restart(): Promise<void>;
  /** All that it wrote, over all its lives. */
  logs(): string;
}

/** Signals that leave the process there. */
const NOT_FATAL: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

export function startService(
  name: ServiceName,
  httpPort: number,
  env: NodeJS.ProcessEnv,
  program?: Program,
): ServiceHandle {
  let logs = '';
  let child = spawnNow();

  function spawnNow(): ChildProcess {
    const spawned = spawnService(name, {
      env,
      output: 'pipe',
      orphanEnd: { signal: 'KILL' },
      ...(program && { program }),
    });
    for (const stream of [spawned.stdout, spawned.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        logs += text;
      });
    }
    return spawned;
  }

  const running = () => child.exitCode === null && child.signalCode === null;

  async function ready(): Promise<void> {
    const ended = new AbortController();
    const onExit = () => ended.abort();
    child.once('exit', onExit);
    try {
      await waitUntilReady('127.0.0.1', httpPort, ended.signal);
    } catch (error) {
      throw new Error(`the ${name} is not ready; it wrote:\n${logs}`, { cause: error });
    } finally {
      child.off('exit', onExit);
    }
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!running()) return;
    const exit = NOT_FATAL.includes(signal) ? undefined : once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  return {
    get pid() {
      return child.pid ?? -1;
    },
    get running() {
      return running();
    },
    get exitCode() {
      return child.exitCode;
    },
    httpPort,
    kill,
    ready,
    async restart() {
      await kill();
      child = spawnNow();
      await ready();
    },
    logs: () => logs,
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait-for.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const engine = join(root, 'examples/engine/dist/main.js');

export interface DaemonOptions {
  readonly api: readonly number[];
  readonly key: string;
  readonly id: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What executes playbooks, as in the daemon's file of engines. Default: the example's engine. */
  readonly engine?: object;
}

/** A daemon as a process of its own. */
export interface DaemonProcess {
  readonly pid: number;
  readonly folder: string;
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  logs(): string;
  /** Processes of its engines, whatever they have started included. */
  engines(): number[];
  /** Ends whatever is left of it. */
  stop(): Promise<void>;
}

/** A folder with playbooks, by their names: lists of `[name of the step, shell]`. */
export function playbookFolder(
  playbooks: Readonly<Record<string, readonly (readonly [string, string])[]>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'playbooks-'));
  for (const [name, steps] of Object.entries(playbooks)) {
    writeFileSync(join(folder, name), JSON.stringify(steps.map(([step, shell]) => ({ name: step, shell }))));
  }
  return folder;
}

export function createDaemonProcess(
  playbooks: string,
  { api, key, id, env = {}, engine: given }: DaemonOptions,
): DaemonProcess {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  const engines = join(folder, 'engines.json');
  const command = [
    process.execPath,
    engine,
    'run',
    '{playbook}',
    '--daemon-grpc',
    '{daemon}',
    '--play-id',
    '{id}',
  ];
  const spage = {
    command: [...command, '-i', '{inventory}'],
    variables: '-e {key}={value}',
    folders: [playbooks],
  };
  writeFileSync(
    engines,
    JSON.stringify({ engines: { spage: given ?? spage }, types: { playbook: 'spage' } }),
  );
  const state = join(folder, 'state');
  mkdirSync(state);
  chmodSync(state, 0o700);
  let child: ChildProcess | undefined;
  let logs = '';

  async function start(): Promise<void> {
    const begun = logs.length;
    child = spawn(process.execPath, [join(root, 'packages/daemon/dist/main.js')], {
      env: {
        PATH: process.env.PATH,
        BOOMERANG_DAEMON_ENGINES: engines,
        BOOMERANG_DAEMON_STATE: state,
        BOOMERANG_DAEMON_ID: id,
        BOOMERANG_DAEMON_API: api.map((port) => `grpc://127.0.0.1:${port}`).join(','),
        BOOMERANG_DAEMON_API_KEY: key,
        BOOMERANG_DAEMON_GRPC_PORT: '0',
        BOOMERANG_HTTP_PORT: '0',
        BOOMERANG_HOST: '127.0.0.1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        logs += text;
      });
    }
    await waitFor(() => logs.slice(begun).includes('"ready"'), {
      message: `daemon ${id}; it wrote:\n${logs}`,
    });
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = ['SIGSTOP', 'SIGCONT'].includes(signal) ? undefined : once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  return {
    get pid() {
      return child?.pid ?? -1;
    },
    folder: state,
    start,
    kill,
    logs: () => logs,
    engines: () => processesOf(state),
    async stop() {
      await kill('SIGCONT');
      await kill();
      for (const pid of processesOf(state)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Engines of the runs that have a folder in a state folder. */
function processesOf(state: string): number[] {
  if (!existsSync(join(state, 'runs'))) return [];
  const runs = readdirSync(join(state, 'runs'));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const environment = read(`/proc/${pid}/environ`).split('\0');
      return runs.some((run) => environment.includes(`SPAGE_DAEMON_RUN=${run}`));
    })
    .map(Number);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

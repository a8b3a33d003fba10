import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardAgainstOrphan } from '@boomerang/redis-server';
import type { Environment } from '@boomerang/runtime';
import { repoRoot } from '../../repo-root.js';

export interface DemoDaemonOptions {
  readonly name: string;
  /** Folder for its state and its configuration. */
  readonly folder: string;
  readonly playbooks: string;
  readonly apiPort: number;
  readonly apiKey: string;
  readonly env: Environment;
  /** File descriptor for its log. */
  readonly output: number;
}

/** From the signal to the end: engines that run are ended in this time, ms. */
const DRAIN_MS = 16_000;

/** A daemon as a process of its own, with the example's engine. */
export class DemoDaemon {
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  constructor(private readonly options: DemoDaemonOptions) {
    const { name, folder, apiPort, apiKey, env } = options;
    const engines = join(folder, `${name}.yaml`);
    writeFileSync(engines, JSON.stringify(configuration(options)));
    mkdirSync(join(folder, name), { mode: 0o700 });
    this.#environment = {
      PATH: env.PATH,
      BOOMERANG_DAEMON_ENGINES: engines,
      BOOMERANG_DAEMON_STATE: join(folder, name),
      BOOMERANG_DAEMON_ID: name,
      BOOMERANG_DAEMON_API: `grpc://127.0.0.1:${apiPort}`,
      BOOMERANG_DAEMON_API_KEY: apiKey,
      BOOMERANG_DAEMON_GRPC_PORT: '0',
      BOOMERANG_DRAIN_MS: String(DRAIN_MS),
      BOOMERANG_HTTP_PORT: '0',
      BOOMERANG_HOST: '127.0.0.1',
    };
  }

  get name(): string {
    return this.options.name;
  }

  get #hasEnded(): boolean {
    return !this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (!this.#hasEnded) return;
    const { output } = this.options;
    this.#child = spawn(process.execPath, [join(repoRoot, 'packages', 'daemon', 'dist', 'main.js')], {
      cwd: repoRoot,
      env: this.#environment,
      stdio: ['ignore', output, output],
    });
    guardAgainstOrphan(this.#child, { signal: 'TERM', graceMs: DRAIN_MS });
  }

  /** Resolves when the process has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || this.#hasEnded) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

function configuration({ playbooks }: DemoDaemonOptions): object {
  const engine = join(repoRoot, 'examples', 'engine', 'dist', 'main.js');
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
  const example = { command, variables: '-e {key}={value}', folders: [playbooks] };
  return { engines: { example }, types: { playbook: 'example' } };
}

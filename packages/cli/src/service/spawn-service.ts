import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { repoRoot } from '../repo-root.js';
import type { OrphanGuard } from './orphan-guard.js';

export const serviceNames = ['gateway', 'scheduler', 'worker'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface SpawnOptions {
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Where standard output and standard error go: a file descriptor, or pipes. */
  readonly output: number | 'pipe';
  readonly guard: OrphanGuard;
  /** Default: the build of this checkout. */
  readonly program?: Program;
}

/** The program that Node runs. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Starts a service as a process in the group of this one. Its command line contains `services/<name>`. */
export function spawnService(
  name: ServiceName,
  { env, output, guard, program = builtProgram(name) }: SpawnOptions,
): ChildProcess {
  const child = spawn(process.execPath, program.args, {
    cwd: program.cwd,
    env,
    stdio: ['ignore', output, output],
  });
  guard.watch(child);
  return child;
}

function builtProgram(name: ServiceName): Program {
  return { args: [join('services', name, 'dist', 'main.js')], cwd: repoRoot };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { guardAgainstOrphan, type OrphanEnd } from '@boomerang/redis-server';
import { isCheckout, repoRoot } from '../repo-root.js';

export const serviceNames = ['gateway', 'scheduler', 'worker'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface SpawnOptions {
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Where standard output and standard error go: a file descriptor, or pipes. */
  readonly output: number | 'pipe';
  /** How it is ended if this process dies without having ended it. */
  readonly orphanEnd: OrphanEnd;
  /** Default: the build of this checkout, or what is installed beside this program. */
  readonly program?: Program;
}

/** The program that Node runs. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Starts a service as a process in the group of this one. In a checkout its command line contains `services/<name>`. */
export function spawnService(
  name: ServiceName,
  { env, output, orphanEnd, program = builtProgram(name) }: SpawnOptions,
): ChildProcess {
  const child = spawn(process.execPath, program.args, {
    cwd: program.cwd,
    env,
    stdio: ['ignore', output, output],
  });
  guardAgainstOrphan(child, orphanEnd);
  return child;
}

function builtProgram(name: ServiceName): Program {
  if (isCheckout) return { args: [join('services', name, 'dist', 'main.js')], cwd: repoRoot };
  return { args: [join(import.meta.dirname, `${name}.js`)], cwd: process.cwd() };
}

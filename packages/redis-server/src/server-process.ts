import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { RedisServerBinary } from './binary.js';
import { guardAgainstOrphan, type OrphanEnd } from './orphan-guard.js';

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server that was spawned; whether it serves yet is another matter. */
export interface ServerProcess {
  pid: number;
  exited: Promise<ServerExit>;
  hasExited(): boolean;
  /** The last lines that the server wrote. */
  lastLines(): string;
  signal(name: NodeJS.Signals): void;
  /** Makes this process wait for the server's end. */
  hold(): void;
}

export interface SpawnOptions {
  binary: Pick<RedisServerBinary, 'command' | 'env'>;
  args: readonly string[];
  /** The folder of its data. */
  cwd: string;
  /** How it is ended if this process dies without having ended it. */
  orphanEnd: OrphanEnd;
}

/** How many of the server's last lines are kept for an error message. */
const KEPT_LINES = 20;

/**
 * Spawns the server. It does not keep this process alive, and ends with it. It has a session of its own: what a terminal
 * or a supervisor sends to a whole group must not reach it, for those who are still draining need it.
 */
export function spawnServer({ binary, args, cwd, orphanEnd }: SpawnOptions): ServerProcess {
  const [command, ...rest] = [...withoutInterrupts(), binary.command, ...args] as [string, ...string[]];
  const child = spawn(command, rest, {
    cwd,
    detached: true,
    env: { ...process.env, ...binary.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lastLines = keepLastLines(child);
  let ended = false;
  const exited = new Promise<ServerExit>((resolve) => {
    const end = (exit: ServerExit) => {
      ended = true;
      resolve(exit);
    };
    child.once('error', () => end({ code: -1, signal: null }));
    child.once('exit', (code, signal) => end({ code, signal }));
  });
  child.unref();
  guardAgainstOrphan(child, orphanEnd);
  return {
    pid: child.pid ?? -1,
    exited,
    hasExited: () => ended,
    lastLines,
    signal: (name) => void child.kill(name),
    hold: () => child.ref(),
  };
}

/** Nor does it end by an interrupt that is meant for it alone, where the `env` command can see to that: who started it stops it. */
function withoutInterrupts(): string[] {
  const prefix = ['env', '--block-signal=INT'];
  const check = spawnSync('env', ['--block-signal=INT', 'true'], { stdio: 'ignore' });
  return check.status === 0 ? prefix : [];
}

function keepLastLines(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-8192);
    });
    (stream as unknown as { unref?: () => void } | null)?.unref?.();
  }
  child.once('error', (error) => {
    text += error.message;
  });
  return () => text.trim().split('\n').slice(-KEPT_LINES).join('\n');
}

import { type ChildProcess, spawn } from 'node:child_process';

/** Ends children that this process leaves behind when it dies without having ended them, even by SIGKILL. */
export interface OrphanGuard {
  watch(child: ChildProcess): void;
}

/**
 * Reads lines, each the pids of all children that are alive. Its input ends with the process that writes them. It
 * outlives what a terminal sends to the whole group, because just then it is needed.
 */
const SCRIPT = `trap "" INT TERM HUP
while read -r line; do pids=$line; done
[ -n "$pids" ] && kill "-$1" $pids 2>/dev/null`;

/** @param signal TERM lets orphans end in order. */
export function createOrphanGuard(signal: 'TERM' | 'KILL'): OrphanGuard {
  const pids = new Set<number>();
  let guard: ChildProcess | undefined;

  function update(): void {
    guard ??= start(signal);
    guard.stdin?.write(`${[...pids].join(' ')}\n`);
    if (pids.size > 0) return;
    guard.stdin?.end();
    guard = undefined;
  }

  return {
    watch(child) {
      const { pid } = child;
      if (pid === undefined) return;
      pids.add(pid);
      update();
      child.once('exit', () => {
        pids.delete(pid);
        update();
      });
    },
  };
}

function start(signal: string): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'service-guard', signal], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}

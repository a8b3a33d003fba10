import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the children of this process if it dies before it has ended them, even by SIGKILL. */
export interface OrphanGuard {
  watch(child: ChildProcess): void;
}

/**
 * Each line of its input is the list of pids of all children that are alive. The input ends when the process that writes it
 * dies. The script ignores the signals that a terminal sends to the whole group, because it is needed just then.
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

import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Its input ends when the process that holds the other end is gone, however that came about. It outlives the signals
 * that a terminal or a supervisor sends to the whole group, because just then it is needed. The wait has an end because
 * a dead process stays visible until somebody reaps it, which not every container's first process does.
 */
const SCRIPT = `trap "" INT TERM HUP
read -r line
if [ -z "$2" ]; then kill -TERM "$1"; else kill -KILL "$1"; fi 2>/dev/null
[ -z "$2" ] && exit
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 20 ]; do sleep 0.05; tries=$((tries + 1)); done
rm -rf "$2"`;

/**
 * Ends `child` when this process dies without having done so itself, even by SIGKILL, and then removes the temporary
 * folder, if there is one.
 */
export function guardAgainstOrphan(child: ChildProcess, temporaryDir = ''): void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'redis-guard', String(child.pid), temporaryDir], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  child.once('exit', () => guard.kill('SIGKILL'));
}

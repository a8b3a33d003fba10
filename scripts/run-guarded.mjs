import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Its input ends with this process, however that came about. It has a session of its own and ignores what may still reach
 * it. Then the command's whole group has five seconds to end.
 */
const GUARD = `trap "" INT TERM HUP
read -r line
kill -s TERM -- "-$1" 2>/dev/null || exit 0
tenths=0
while kill -s 0 -- "-$1" 2>/dev/null && [ "$tenths" -lt 50 ]; do sleep 0.1; tenths=$((tenths + 1)); done
kill -s KILL -- "-$1" 2>/dev/null`;

/** How long a command that was asked to end is waited for. */
const PATIENCE_MS = 10_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command in a process group of its own. What asks this process to end is passed on to it. It ends, with all that
 * it started in that group, when this process does at the latest.
 *
 * @param onChild is given the child, to read its output.
 * @returns the exit code; the name of the signal that ended it; or what kept it from starting.
 */
export async function runGuarded(command, args, options, onChild = () => {}) {
  const child = spawn(command, args, { ...options, detached: true });
  const failed = once(child, 'error').then(([error]) => error.message);
  if (child.pid === undefined) return failed;
  onChild(child);
  const guard = startGuard(child.pid);
  let late;
  const pass = (signal) => {
    child.kill(signal);
    late ??= setTimeout(() => killGroup(child.pid), PATIENCE_MS);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const [code, signal] = await once(child, 'close');
  for (const name of SIGNALS) process.off(name, pass);
  clearTimeout(late);
  killGroup(child.pid);
  guard.kill('SIGKILL');
  return code ?? signal;
}

function startGuard(group) {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'command-guard', String(group)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  guard.stdin.unref();
  return guard;
}

function killGroup(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All have ended.
  }
}

import { spawn } from 'node:child_process';
import type { GuardOrder } from './guard-messages.js';

/** A guard that has not started its engine by then is taken for failed, ms. */
const START_LIMIT_MS = 15_000;

/**
 * Starts a guard, which starts the engine. It stays when this process ends, however it does.
 *
 * @param program the guard's `main.js`.
 * @throws Error when the guard doesn't say within 15 s that it has begun. It may still begin: the caller has to decide about
 * the run.
 */
export function launchGuard(program: string, order: GuardOrder): Promise<void> {
  const guard = spawn(process.execPath, [program], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the guard has not begun in time')), START_LIMIT_MS);
    guard.once('error', reject);
    guard.once('exit', (code) => reject(new Error(`the guard ended with ${code} before it began`)));
    guard.stdout.once('data', () => {
      clearTimeout(late);
      resolve();
    });
    guard.stdin.on('error', () => undefined);
    guard.stdin.end(JSON.stringify(order));
  }).finally(() => {
    guard.stdout.destroy();
    guard.removeAllListeners('exit');
    guard.unref();
  });
}

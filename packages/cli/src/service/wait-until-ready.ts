import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_LIMIT_MS = 60_000;

/**
 * Resolves when `/readyz` answers 200.
 *
 * @throws an AbortError when the signal is aborted, another error when that takes more than a minute.
 */
export async function waitUntilReady(host: string, port: number, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!(await isReady(host, port))) {
    if (performance.now() > deadline) throw new Error(`nothing was ready on port ${port} within a minute`);
    await sleep(25, undefined, signal ? { signal } : {});
  }
}

function isReady(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: '/readyz', agent: false, timeout: 3_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}

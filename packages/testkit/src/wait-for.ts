import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitForOptions {
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 5 ms. */
  readonly everyMs?: number;
  /** What is waited for: the end of "waited … ms for …". */
  readonly message: string;
}

/** Resolves with what `condition` answers as soon as that is neither false nor undefined. Rejects when time is up. */
export async function waitFor<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 10_000, everyMs = 5, message }: WaitForOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${message}`);
    await sleep(everyMs);
  }
}

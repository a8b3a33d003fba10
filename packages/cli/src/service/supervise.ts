import type { ChildProcess } from 'node:child_process';

export interface SuperviseOptions {
  readonly spawn: () => ChildProcess;
  /** Is called when the process has ended without being asked to. Returns whether to start it again after `delayMs`. */
  readonly onEnd: (how: string, delayMs: number) => boolean;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

export interface Supervision {
  /** SIGTERM, and waits for its end. It isn't started again. Can be called twice. */
  stop(): Promise<void>;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** A process that ran for so long was healthy: its next delay is the first one again. */
const HEALTHY_MS = 10_000;

/**
 * Keeps a process running until it is stopped:
 *
 * - *running*: an end leads to *waiting*, or to *over* if `onEnd` says so
 * - *waiting*: for the delay, which doubles from end to end; then *running* again
 * - *over*: nothing will be started any more
 */
export function supervise({ spawn, onEnd, graceMs }: SuperviseOptions): Supervision {
  let delayMs = FIRST_DELAY_MS;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  let running: { child: ChildProcess; ended: Promise<void> } | undefined;

  function run(): void {
    const startedAt = performance.now();
    const child = spawn();
    const ended = endOf(child).then((how) => {
      running = undefined;
      if (over) return;
      if (performance.now() - startedAt > HEALTHY_MS) delayMs = FIRST_DELAY_MS;
      if (onEnd(how, delayMs)) timer = setTimeout(run, delayMs);
      else over = true;
      delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    });
    running = { child, ended };
  }
  run();

  return {
    async stop() {
      over = true;
      clearTimeout(timer);
      if (!running) return;
      const { child, ended } = running;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(late);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
}

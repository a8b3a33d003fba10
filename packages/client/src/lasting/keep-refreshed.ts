/** Keeps on refreshing a session until it is stopped. */
export interface Refreshing {
  /** @param expiresAtMs when the session ends, by the service's clock. */
  restart(expiresAtMs: number): void;
  stop(): void;
}

/** However far this host's clock is ahead. */
const LEAST_MS = 500;
/** After a refresh that failed. */
const AFTER_FAILURE_MS = 5_000;
/** However long a session lives: this host's clock may be behind the service's. */
const MOST_MS = 10 * 60_000;

/** @param refresh answers when the session ends then. */
export function keepRefreshed(refresh: () => Promise<number>): Refreshing {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function restart(expiresAtMs: number): void {
    clearTimeout(timer);
    if (stopped) return;
    const half = (expiresAtMs - Date.now()) / 2;
    timer = setTimeout(() => void again(), Math.min(Math.max(half, LEAST_MS), MOST_MS));
    // The connection keeps a process alive, not this.
    timer.unref();
  }

  async function again(): Promise<void> {
    // What can't be refreshed is opened anew by the next request, which is told if that fails, too.
    const next = await refresh().catch(() => Date.now() + 2 * AFTER_FAILURE_MS);
    restart(next);
  }

  return {
    restart,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

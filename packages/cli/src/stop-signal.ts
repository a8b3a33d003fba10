/** Ctrl-C under npm arrives twice, from the terminal and passed on: repeats within this time are the same wish. */
const SAME_WISH_MS = 500;

/**
 * Aborted by the first SIGINT or SIGTERM. The same signal again ends this process at once with code 1; its children
 * follow, for they are guarded.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const firstSeen = new Map<NodeJS.Signals, number>();
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    const before = firstSeen.get(signal);
    if (before !== undefined && now - before > SAME_WISH_MS) process.exit(1);
    firstSeen.set(signal, before ?? now);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}

/** Resolves when `signal` is aborted, and keeps the process alive until then. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const alive = setInterval(() => undefined, 60_000);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

/**
 * Under npm, Ctrl-C arrives twice: from the terminal and from npm. A signal that is repeated within this time counts
 * once, ms.
 */
const REPEATED_SIGNAL_MS = 500;

/**
 * Is aborted by the first SIGINT, SIGTERM or SIGHUP, which is sent when the terminal is gone. When the same signal comes again, this process ends at once with code 1, and
 * the orphan guard ends its children.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const firstSeen = new Map<NodeJS.Signals, number>();
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    const before = firstSeen.get(signal);
    if (before !== undefined && now - before > REPEATED_SIGNAL_MS) process.exit(1);
    firstSeen.set(signal, before ?? now);
    stop.abort();
  };
  // What is written to a terminal that is gone must not end this process before its services.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
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

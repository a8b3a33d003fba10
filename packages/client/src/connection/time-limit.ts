/** Whether the one who waits has been told that it is over. */
export interface TimeLimit {
  readonly over: boolean;
}

/**
 * Settles as `work` does, or rejects when the time is up (with what `timedOut` makes) or the signal is aborted (with its
 * reason). `work` itself is not stopped: it can look at the limit.
 */
export function withinLimit<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  timedOut: () => Error,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const limit = { over: false };
    const timer = setTimeout(() => end(timedOut()), timeoutMs);
    const onAbort = () => end(signal?.reason);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    function end(reason: unknown): void {
      settle();
      limit.over = true;
      reject(reason);
    }
    signal?.addEventListener('abort', onAbort);
    work(limit).then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
  });
}

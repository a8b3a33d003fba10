import type { CallbackHandler, ReceivedCallback } from './callback.js';

/** So many occurrences are remembered: the eldest is forgotten first. */
const MOST_REMEMBERED = 10_000;

/**
 * A handler that is called once for each occurrence that it is done with: a further attempt gets the verdict of the first. One
 * that comes while the first is at work waits for it. What failed is handed over again. The memory is this process's own.
 */
export function oncePerOccurrence<V>(
  onCallback: CallbackHandler<V>,
  mostRemembered = MOST_REMEMBERED,
): CallbackHandler<V> {
  const verdicts = new Map<string, Promise<V>>();

  function begin(key: string, callback: ReceivedCallback): Promise<V> {
    const verdict = Promise.resolve()
      .then(() => onCallback(callback))
      .then(
        (given) => {
          if (isFailure(given)) verdicts.delete(key);
          return given;
        },
        (error) => {
          verdicts.delete(key);
          throw error;
        },
      );
    verdicts.set(key, verdict);
    if (verdicts.size > mostRemembered) verdicts.delete(verdicts.keys().next().value as string);
    return verdict;
  }

  return (callback) => {
    const key = `${callback.clientId} ${callback.taskId} ${callback.occurrence}`;
    return verdicts.get(key) ?? begin(key, callback);
  };
}

function isFailure(verdict: unknown): boolean {
  if (typeof verdict !== 'object' || verdict === null || 'stop' in verdict) return false;
  const status = (verdict as { httpStatus?: unknown }).httpStatus;
  return !(typeof status === 'number' && status >= 200 && status < 300);
}

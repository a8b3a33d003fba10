import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, request } from './request.js';

export interface Polled<T> {
  /** The latest answer, kept while later ones fail. */
  readonly data: T | undefined;
  /** Why there is no newer one. */
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
}

/**
 * Asks for `path` at once, and again every `everyMs` while the page can be seen. Another path begins anew.
 *
 * @param path undefined: asks nothing.
 */
export function usePoll<T>(path: string | undefined, everyMs: number): Polled<T> {
  const [state, setState] = useState<{ path?: string; data?: T; error?: ApiError }>({});
  const ask = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (path === undefined) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      clearTimeout(timer);
      try {
        const data = await request<T>('GET', path);
        if (!ended) setState({ path, data });
      } catch (error) {
        if (!ended)
          setState((last) => ({
            path,
            ...(last.path === path && last.data !== undefined && { data: last.data }),
            error: error as ApiError,
          }));
      }
      if (!ended && everyMs > 0 && !document.hidden) timer = setTimeout(once, everyMs);
    };
    const onVisible = () => {
      if (!document.hidden) void once();
    };
    ask.current = () => void once();
    document.addEventListener('visibilitychange', onVisible);
    void once();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [path, everyMs]);

  const refresh = useCallback(() => ask.current(), []);
  const current = state.path === path ? state : {};
  return { data: current.data, error: current.error, refresh };
}

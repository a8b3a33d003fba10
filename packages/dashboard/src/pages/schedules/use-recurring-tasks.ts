import { useCallback, useEffect, useState } from 'preact/hooks';
import { type ApiError, queryOf, request } from '../../api/request.js';
import type { Task, TaskPage } from '../../api/types.js';

const MOST_SHOWN = 100;
const EVERY_MS = 10_000;
/** Pages that are looked through: among very many tasks, one may hold few that recur, or none. */
const MOST_PAGES = 20;

export interface RecurringTasks {
  readonly tasks: readonly Task[] | undefined;
  /** Whether there may be more than are known. */
  readonly more: boolean;
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
}

/** The client's recurring tasks, by when they are due next. */
export function useRecurringTasks(): RecurringTasks {
  const [state, setState] = useState<Omit<RecurringTasks, 'refresh'>>({
    tasks: undefined,
    more: false,
    error: undefined,
  });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const read = await readAll();
        if (!ended) setState({ ...read, error: undefined });
      } catch (error) {
        if (!ended) setState((last) => ({ ...last, error: error as ApiError }));
      }
      if (!ended) timer = setTimeout(once, EVERY_MS);
    };
    void once();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [asked]);
  const refresh = useCallback(() => setAsked((times) => times + 1), []);
  return { ...state, refresh };
}

async function readAll(): Promise<{ readonly tasks: readonly Task[]; readonly more: boolean }> {
  const tasks: Task[] = [];
  let cursor: string | null = '';
  for (let page = 0; cursor !== null && page < MOST_PAGES && tasks.length < MOST_SHOWN; page++) {
    const query: string = queryOf({ recurring: 'true', limit: MOST_SHOWN, cursor });
    const read: TaskPage = await request('GET', `/v1/tasks${query}`);
    tasks.push(...read.tasks);
    cursor = read.nextCursor;
  }
  return { tasks, more: cursor !== null };
}

import { useCallback, useEffect, useState } from 'preact/hooks';
import { type ApiError, queryOf, request } from '../../api/request.js';
import type { Task, TaskPage } from '../../api/types.js';

const PAGE = 100;

export interface RecurringTasks {
  readonly tasks: readonly Task[] | undefined;
  /** Whether there may be more than are known. */
  readonly more: boolean;
  readonly error: ApiError | undefined;
  /** Looks through the next tasks. */
  readonly further: () => void;
}

/**
 * The client's recurring tasks, by when they are due next. They are found by a look through its tasks, which costs Redis:
 * so they are asked for once, and further ones when somebody wants them, never on a timer.
 */
export function useRecurringTasks(): RecurringTasks {
  const [known, setKnown] = useState<{ tasks: readonly Task[] | undefined; cursor: string | null }>({
    tasks: undefined,
    cursor: '',
  });
  const [error, setError] = useState<ApiError>();
  const further = useCallback(async () => {
    try {
      const query = queryOf({ recurring: 'true', limit: PAGE, cursor: known.cursor ?? '' });
      const page = await request<TaskPage>('GET', `/v1/tasks${query}`);
      setKnown({ tasks: [...(known.tasks ?? []), ...page.tasks], cursor: page.nextCursor });
      setError(undefined);
    } catch (failure) {
      setError(failure as ApiError);
    }
  }, [known]);
  useEffect(() => void further(), []);
  return { tasks: known.tasks, more: known.cursor !== null, error, further: () => void further() };
}

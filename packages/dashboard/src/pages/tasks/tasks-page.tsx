import { useEffect, useState } from 'preact/hooks';
import { type ApiError, queryOf, request } from '../../api/request.js';
import type { Task, TaskPage } from '../../api/types.js';
import { usePoll } from '../../api/use-poll.js';
import { go, usePlace } from '../../ui/router.js';
import { Empty, Failed, Loading } from '../../ui/states.js';
import { Filters } from './filters.js';
import { TaskRows } from './task-rows.js';

const PAGE = 50;
const EVERY_MS = 3_000;
/** Those that recur are found by a look through the client's tasks, which costs Redis: they are asked for once. */
const ONCE = 0;
/** Filters of the list; each has its place in the address of the page. */
export const FILTERS = ['tag', 'recurring', 'dueAfter', 'dueBefore'] as const;

/** Tasks that have not ended, by when they are due next. */
export function TasksPage() {
  const { query } = usePlace();
  const set = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const filters = queryOf(set);
  const path = `/v1/tasks${queryOf({ ...set, limit: PAGE })}`;
  const { data, error, refresh } = usePoll<TaskPage>(path, set.recurring ? ONCE : EVERY_MS);
  const change = (name: string, value: string) =>
    go(`/tasks${queryOf({ ...set, [name]: value })}`, { replace: true });
  return (
    <>
      <div class="page-head">
        <h1>Tasks</h1>
        <p class="muted">that have not ended, the next due first</p>
      </div>
      <Filters values={set} onChange={change} onClear={() => go('/tasks', { replace: true })} />
      {error && <Failed error={error} retry={refresh} />}
      {!data && !error && <Loading rows={8} />}
      {data && data.tasks.length === 0 && (
        <Empty title={filters === '' ? 'No task is waiting' : 'No task matches'}>
          {filters === ''
            ? 'Register one with curl or a client, and it appears here.'
            : 'Take a filter away to see more.'}
        </Empty>
      )}
      {data && data.tasks.length > 0 && <Rows first={data} path={path} />}
    </>
  );
}

/** The first page, which is kept fresh, and further ones as they are asked for. */
function Rows({ first, path }: { readonly first: TaskPage; readonly path: string }) {
  const [more, setMore] = useState<{ tasks: readonly Task[]; cursor: string | null }>();
  const [error, setError] = useState<ApiError>();
  useEffect(() => setMore(undefined), [path]);
  const cursor = more ? more.cursor : first.nextCursor;
  const shown = new Set(first.tasks.map(({ id }) => id));
  const tasks = [...first.tasks, ...(more?.tasks ?? []).filter(({ id }) => !shown.has(id))];
  const load = async () => {
    try {
      const page = await request<TaskPage>('GET', `${path}&cursor=${encodeURIComponent(cursor ?? '')}`);
      setMore((known) => ({ tasks: [...(known?.tasks ?? []), ...page.tasks], cursor: page.nextCursor }));
      setError(undefined);
    } catch (failure) {
      setError(failure as ApiError);
    }
  };
  return (
    <>
      <TaskRows tasks={tasks} />
      {error && <Failed error={error} />}
      <div class="buttons">
        {cursor !== null && (
          <button type="button" onClick={load}>
            More
          </button>
        )}
        <span class="muted">{cursor === null ? `${tasks.length} in all` : `${tasks.length} shown`}</span>
      </div>
    </>
  );
}

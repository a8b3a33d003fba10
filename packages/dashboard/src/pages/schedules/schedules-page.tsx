import type { Task } from '../../api/types.js';
import { dateTime, fromNow, time } from '../../ui/format.js';
import { go, Link } from '../../ui/router.js';
import { Scroll } from '../../ui/scroll.js';
import { Empty, Failed, Loading } from '../../ui/states.js';
import { recurrence } from '../tasks/task-rows.js';
import { Lane, mostTogether } from './lane.js';
import { AHEAD_MS, type NextTimes, useNextTimes } from './use-next-times.js';
import { useRecurringTasks } from './use-recurring-tasks.js';

const NONE: readonly Task[] = [];

/** Recurring tasks, and when each of them falls due within the next day. */
export function SchedulesPage() {
  const { tasks: known, more, error, further } = useRecurringTasks();
  const tasks = known ?? NONE;
  const times = useNextTimes(tasks);
  const busiest = mostTogether(times);
  return (
    <>
      <div class="page-head">
        <h1>Schedules</h1>
        <p class="muted">recurring tasks, and the next day of each</p>
      </div>
      {error && <Failed error={error} retry={further} />}
      {!known && !error && <Loading rows={5} />}
      {known?.length === 0 && !more && (
        <Empty title="Nothing recurs">A task with a repeat interval or a cron expression appears here.</Empty>
      )}
      {tasks.length > 0 && <Lanes tasks={tasks} times={times} />}
      {busiest && busiest.schedules > 1 && (
        <p class="note">
          Most fall due together at {time(busiest.atMs)}: {busiest.schedules} schedules within ten minutes.
        </p>
      )}
      {known && more && (
        <div class="buttons">
          <button type="button" onClick={further}>
            Look further
          </button>
          <span class="muted">Those due next are shown.</span>
        </div>
      )}
    </>
  );
}

interface LanesProps {
  readonly tasks: readonly Task[];
  readonly times: ReadonlyMap<string, NextTimes>;
}

function Lanes({ tasks, times }: LanesProps) {
  const nowMs = Date.now();
  return (
    <Scroll class="card flush" label="Schedules, table">
      <table class="rows lanes">
        <thead>
          <tr>
            <th scope="col">Recurs</th>
            <th scope="col">Next</th>
            <th scope="col" class="day">
              <span>{time(nowMs)}</span>
              <span>{time(nowMs + AHEAD_MS / 2)}</span>
              <span>{time(nowMs + AHEAD_MS)}</span>
            </th>
            <th scope="col">Task</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <Row key={task.id} task={task} next={times.get(task.id)} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RowProps {
  readonly task: Task;
  readonly next: NextTimes | undefined;
  readonly nowMs: number;
}

function Row({ task, next, nowMs }: RowProps) {
  const to = `/tasks/${task.id}`;
  const due = Date.parse(task.dueAt);
  const last = next?.times.at(-1);
  return (
    <tr
      data-row
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) go(to);
      }}
    >
      <th scope="row">{recurrence(task)}</th>
      <td>
        <time dateTime={task.dueAt} title={dateTime(due)}>
          {fromNow(due)}
        </time>
      </td>
      <td>
        <Lane
          next={next}
          nowMs={nowMs}
          label={
            last === undefined
              ? 'not within a day'
              : `${next?.times.length} times within a day, the last at ${time(last)}`
          }
        />
      </td>
      <td>
        <Link to={to}>
          <code>{task.id.slice(0, 8)}…</code>
        </Link>
      </td>
    </tr>
  );
}

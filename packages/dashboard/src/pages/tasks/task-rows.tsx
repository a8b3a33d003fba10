import type { Task } from '../../api/types.js';
import { dateTime, duration, fromNow } from '../../ui/format.js';
import { go, Link } from '../../ui/router.js';
import { Scroll } from '../../ui/scroll.js';
import { State } from './state.js';
import { Tags } from './tags.js';

export function TaskRows({ tasks }: { readonly tasks: readonly Task[] }) {
  return (
    <Scroll class="card flush" label="Tasks, table">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Due</th>
            <th scope="col">State</th>
            <th scope="col">Task</th>
            <th scope="col">Recurs</th>
            <th scope="col">Payload</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <Row key={task.id} task={task} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ task }: { readonly task: Task }) {
  const to = `/tasks/${task.id}`;
  const due = Date.parse(task.dueAt);
  return (
    <tr
      data-row
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) go(to);
      }}
    >
      <td>
        <time dateTime={task.dueAt} title={dateTime(due)}>
          {fromNow(due)}
        </time>
      </td>
      <td>
        <State state={task.state} />
      </td>
      <td>
        <Link to={to}>
          <code>{task.id}</code>
        </Link>{' '}
        <Tags tags={task.tags} />
      </td>
      <td class="muted">{recurrence(task)}</td>
      <td class="preview">{preview(task)}</td>
    </tr>
  );
}

export function recurrence({ repeatInterval, cron, timeZone }: Task): string {
  if (cron) return `${cron} (${timeZone})`;
  return repeatInterval ? `every ${duration(repeatInterval)}` : 'once';
}

const SHOWN = 80;

function preview({ text, base64 }: Task): string {
  if (text !== undefined) return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return base64 === undefined ? '' : `${Math.floor((base64.length * 3) / 4)} bytes`;
}

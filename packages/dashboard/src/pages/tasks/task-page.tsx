import type { Identity, Task } from '../../api/types.js';
import { usePoll } from '../../api/use-poll.js';
import { dateTime, fromNow, words } from '../../ui/format.js';
import { Link } from '../../ui/router.js';
import { Failed, Loading } from '../../ui/states.js';
import { Payload } from './payload.js';
import { State } from './state.js';
import { Story } from './story.js';
import { Tags } from './tags.js';
import { TaskActions } from './task-actions.js';
import { recurrence } from './task-rows.js';

const EVERY_MS = 1_000;
const ENDED = new Set(['delivered', 'sent', 'dead_lettered', 'cancelled', 'expired']);

interface TaskPageProps {
  readonly id: string;
  readonly who: Identity;
}

/** One task: its story, its payload, and what can be done with it. */
export function TaskPage({ id, who }: TaskPageProps) {
  const { data: task, error, refresh } = usePoll<Task>(`/v1/tasks/${encodeURIComponent(id)}`, EVERY_MS);
  return (
    <>
      <div class="page-head">
        <p class="crumb">
          <Link to="/tasks">Tasks</Link>
        </p>
        <h1 class="id">
          <code>{id}</code>
        </h1>
        {task && !ENDED.has(task.state) && who.permissions.includes('manage') && (
          <TaskActions task={task} onDone={refresh} />
        )}
      </div>
      {error?.status === 404 && <NotFound />}
      {error && error.status !== 404 && <Failed error={error} retry={refresh} />}
      {!task && !error && <Loading rows={6} />}
      {task && error?.status !== 404 && <Details task={task} />}
    </>
  );
}

function NotFound() {
  return (
    <div class="failed" role="alert">
      <p>
        <strong>Not found.</strong> There is no such task of your client. One that has ended is forgotten
        after a while.
      </p>
    </div>
  );
}

function Details({ task }: { readonly task: Task }) {
  const due = Date.parse(task.dueAt);
  return (
    <div class="task">
      <section class="card" aria-label="Task">
        <dl class="facts">
          <Fact name="State">
            <State state={task.state} />
          </Fact>
          <Fact name={ENDED.has(task.state) ? 'Was due' : 'Due'}>
            {dateTime(due)} <span class="muted">({fromNow(due)})</span>
          </Fact>
          <Fact name="Recurs">{recurrence(task)}</Fact>
          <Fact name="Occurrence">{task.occurrence}</Fact>
          {task.tags.length > 0 && (
            <Fact name="Tags">
              <Tags tags={task.tags} />
            </Fact>
          )}
          {task.replayOf && <Fact name="Replay of">{<code>{task.replayOf}</code>}</Fact>}
        </dl>
        {!ENDED.has(task.state) && <Why task={task} />}
      </section>
      <Story task={task} />
      <section class="card" aria-label="Payload">
        <header>
          <h2>Payload</h2>
        </header>
        <Payload text={task.text} base64={task.base64} ended={ENDED.has(task.state)} />
      </section>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Why it hasn't run. */
function Why({ task: { waitingFor, dueAt, state } }: { readonly task: Task }) {
  const due = Date.parse(dueAt);
  const [why, level] = waitingFor
    ? [
        `${REASONS[waitingFor.reason] ?? words(waitingFor.reason)}${waitingFor.endpoint ? `: ${waitingFor.endpoint}` : ''}`,
        'warning',
      ]
    : due > Date.now()
      ? ['It is not due yet.', 'calm']
      : [state === 'scheduled' ? 'It is due, and about to be claimed.' : 'An attempt is under way.', 'calm'];
  return (
    <p class={`why ${level}`}>
      <b>Why it hasn’t run:</b> {why}
      {waitingFor?.until && <span class="muted"> Tried again {fromNow(Date.parse(waitingFor.until))}.</span>}
    </p>
  );
}

const REASONS: Readonly<Record<string, string>> = {
  turn: 'More of your client is overdue than is delivered; clients take turns',
  endpoint_busy: 'As many attempts are under way at the endpoint as it may have',
  paused: 'It is paused, and goes on once it is resumed',
  breaker_open: 'The endpoint keeps failing, so that what is due there is held back',
};

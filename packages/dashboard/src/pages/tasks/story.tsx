import type { Attempt, Task } from '../../api/types.js';
import { dateTime, duration, fromNow, words } from '../../ui/format.js';
import { State } from './state.js';

/** When a task was registered: its id begins with the ms (UUIDv7). */
export function registeredAt(id: string): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}

/** What became of a task so far, the newest last. */
export function Story({ task }: { readonly task: Task }) {
  const due = Date.parse(task.dueAt);
  const waits = !['delivered', 'sent', 'dead_lettered', 'cancelled', 'expired'].includes(task.state);
  return (
    <section class="card" aria-label="Story">
      <header>
        <h2>Story</h2>
      </header>
      <ol class="story">
        <Step level="calm" atMs={registeredAt(task.id)} title="Registered" />
        {task.attempts.map((attempt) => (
          <AttemptStep key={`${attempt.occurrence}:${attempt.attempt}:${attempt.at}`} attempt={attempt} />
        ))}
        {waits ? (
          <Step level="next" atMs={due} title={due > Date.now() ? 'Due' : 'Due, and waiting'} />
        ) : (
          <Step
            level={task.state === 'dead_lettered' ? 'bad' : 'good'}
            title={`Ended: ${words(task.state)}`}
          />
        )}
      </ol>
    </section>
  );
}

function AttemptStep({ attempt }: { readonly attempt: Attempt }) {
  const good = attempt.outcome === 'delivered' || attempt.outcome === 'sent';
  return (
    <Step
      level={good ? 'good' : 'warning'}
      atMs={Date.parse(attempt.at)}
      title={`Attempt ${attempt.attempt}${attempt.occurrence > 1 ? ` of occurrence ${attempt.occurrence}` : ''}`}
    >
      <p>
        <State state={attempt.outcome} /> <span class="muted">after {duration(attempt.durationMs)}</span>
      </p>
      {attempt.error !== '' && <p class="answer">{attempt.error}</p>}
    </Step>
  );
}

interface StepProps {
  readonly level: string;
  readonly atMs?: number;
  readonly title: string;
  readonly children?: preact.ComponentChildren;
}

function Step({ level, atMs, title, children }: StepProps) {
  return (
    <li class={`step ${level}`}>
      <p class="step-head">
        <b>{title}</b>
        {atMs !== undefined && (
          <time dateTime={new Date(atMs).toISOString()} title={fromNow(atMs)}>
            {dateTime(atMs)}
          </time>
        )}
      </p>
      {children}
    </li>
  );
}

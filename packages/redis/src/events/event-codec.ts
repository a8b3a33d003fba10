import { TASK_EVENT_KINDS, type TaskEvent, type TaskEventKind } from '@boomerang/domain';
import { decodeAttempts } from '../layout/history-codec.js';

const KINDS: ReadonlySet<string> = new Set(TASK_EVENT_KINDS);

/**
 * An entry of a client's event stream; layouts are in docs/redis-keys.md. Undefined if only a newer release knows the kind.
 */
export function decodeEvent(atMs: number, fields: readonly Buffer[]): TaskEvent | undefined {
  const values = new Map<string, Buffer>();
  for (let i = 0; i < fields.length; i += 2) values.set(String(fields[i]), fields[i + 1] as Buffer);
  const kind = String(values.get('event'));
  if (!KINDS.has(kind)) return undefined;
  return {
    kind: kind as TaskEventKind,
    taskId: String(values.get('task')),
    occurrence: Number(values.get('occurrence')),
    attempt: Number(values.get('attempt')),
    atMs,
    details: detailsOf(values),
  };
}

const OWN_FIELDS: ReadonlySet<string> = new Set(['event', 'task', 'occurrence', 'attempt', 'entry', 'due']);

function detailsOf(values: ReadonlyMap<string, Buffer>): Record<string, string> {
  const details: Record<string, string> = {};
  const due = values.get('due');
  if (due) details.due_ms = String(due);
  const [attempt] = decodeAttempts(values.get('entry') ?? Buffer.alloc(0));
  if (attempt) {
    details.outcome = attempt.outcome;
    details.duration_ms = String(attempt.durationMs);
    if (attempt.error !== '') details.error = attempt.error;
  }
  for (const [name, value] of values) if (!OWN_FIELDS.has(name)) details[name] = String(value);
  return details;
}

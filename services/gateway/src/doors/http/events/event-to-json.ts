import type { TaskEvent } from '@boomerang/domain';
import type { SubscribedEvent } from '../../../events/subscription.js';
import { timeToJson } from '../json/task-to-json.js';

/** Details that are numbers. */
const NUMBERS: ReadonlySet<string> = new Set(['duration_ms', 'progress', 'sequence', 'offset', 'bytes']);

/** An event as a message of a stream of server-sent events. */
export function eventToMessage({ id, event, after }: SubscribedEvent): string {
  const type = event ? `task.${event.kind}` : 'gap';
  const data = event ? eventToJson(type, event) : { type, after, before: id };
  return messageOf(type, data, id);
}

/** JSON has no line breaks in it, so its text is one field of a message. */
export function messageOf(type: string, data: object, id?: string): string {
  const at = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${type}\n${at}data: ${JSON.stringify(data)}\n\n`;
}

/** Without an event of its own: a reader that comes again gives this id. */
export function positionOf(id: string): string {
  return `: still here\nid: ${id}\n\n`;
}

function eventToJson(type: string, { taskId, occurrence, attempt, atMs, details }: TaskEvent): object {
  const { due_ms: due, ...others } = details;
  return {
    type,
    taskId,
    occurrence,
    attempt,
    at: timeToJson(atMs),
    ...(due !== undefined && { dueAt: timeToJson(Number(due)) }),
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [
        inCamelCase(name),
        NUMBERS.has(name) ? Number(value) : value,
      ]),
    ),
  };
}

function inCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

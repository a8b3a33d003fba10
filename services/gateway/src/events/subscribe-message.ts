import { invalidField, quote, TASK_EVENT_KINDS } from '@boomerang/domain';
import { EventReader, type StreamEvent } from '../executions/event.js';
import type { SubscribedEvent } from './subscription.js';

/** What a `subscribe` asks for. */
export interface SubscribeMessage {
  /** Undefined: all. */
  readonly kinds: ReadonlySet<string> | undefined;
  /** The id of the last event that was read; '' = from now on. */
  readonly after: string;
}

const TYPES = TASK_EVENT_KINDS.map((kind) => `task.${kind}`);

/** @throws BoomerangError `invalid_request` naming the key and what is allowed. */
export function readSubscribe(event: StreamEvent): SubscribeMessage {
  const reader = new EventReader(event);
  const types = reader.optional('types', 1_024);
  const after = reader.optional('after', 65_536);
  return { kinds: kindsOf(types), after };
}

/** @param types separated by commas; '' and '*' = all, which is undefined. @throws BoomerangError `invalid_request` */
export function kindsOf(types: string): ReadonlySet<string> | undefined {
  if (types === '' || types === '*') return undefined;
  const kinds = new Set<string>();
  for (const type of types.split(',').map((text) => text.trim())) {
    if (!TYPES.includes(type))
      throw invalidField('subscribe.types', `${quote(type)} is not known`, TYPES.join(', '));
    kinds.add(type.slice('task.'.length));
  }
  return kinds;
}

/** An event as a subscriber gets it, and its id. */
export function subscribedToStream({
  id,
  event,
  after,
}: SubscribedEvent): StreamEvent & { readonly id: string } {
  if (!event) return { id, type: 'gap', data: { after, before: id } };
  const { kind, taskId, occurrence, attempt, atMs } = event;
  const { name = taskId, ...details } = event.details;
  const data = {
    task_id: name,
    occurrence: String(occurrence),
    attempt: String(attempt),
    at_ms: String(atMs),
    ...details,
  };
  return { id, type: `task.${kind}`, data };
}

import { type EventCursor, invalidField, requirePermission } from '@boomerang/domain';
import { Type } from 'typebox';
import { kindsOf } from '../../../events/subscribe-message.js';
import { EVENT_STREAM_TYPE } from '../events/event-stream.js';
import { headerOf } from '../header-of.js';
import { closed } from '../json/basic-schemas.js';
import { requireSchema } from '../json/require-schema.js';
import type { ApiBackend, Route } from '../route.js';

const EventsQuery = Type.Object(
  {
    types: Type.Optional(
      Type.String({
        description: 'types of events, separated by commas, such as task.delivered; default all',
      }),
    ),
    after: Type.Optional(Type.String({ description: 'the id of the last event that was read' })),
  },
  closed,
);

const requireQuery = requireSchema(EventsQuery, { convert: true });

const follow: Route = {
  method: 'GET',
  path: '/v1/events',
  name: 'followEvents',
  summary: "The events of the client's tasks as they come, as server-sent events.",
  query: EventsQuery,
  headers: ['Last-Event-ID'],
  status: 200,
  answer: Type.String(),
  type: EVENT_STREAM_TYPE,
  async handle(backend, asked) {
    const { caller, query, shown } = asked;
    requirePermission(caller, 'read');
    const { types = '', after = '' } = requireQuery(query);
    const followed = {
      clientId: caller.clientId,
      kinds: kindsOf(types),
      after: await cursorOf(backend, headerOf(asked, 'last-event-id') || after),
    };
    return {
      serve: (response) =>
        backend.streams.serve(response, followed, () => backend.stillGood(shown.key, caller)),
    };
  },
};

/** Undefined: from now on. */
async function cursorOf({ events }: ApiBackend, id: string): Promise<EventCursor | undefined> {
  if (id === '') return undefined;
  const cursor = await events.parseCursor(id);
  if (cursor) return cursor;
  throw invalidField('subscribe.after', 'it is no id of an event', 'an id as it came');
}

export const eventRoutes: readonly Route[] = [follow];

import { ACTIVITY_COUNTS } from '@boomerang/domain';
import { Type } from 'typebox';
import { ALLOWED_DURATION } from './duration.js';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time' });
const Client = Type.Optional(
  Type.String({ description: 'a client id; default: all for who may administer, otherwise your own' }),
);

export const StatsQuery = Type.Object(
  {
    client: Client,
    seconds: Type.Optional(
      Type.Integer({ description: 'a whole number from 1 to 3600: how far back; default 60' }),
    ),
    step: Type.Optional(
      Type.Integer({ description: 'a whole number from 1 to `seconds`: seconds added up; default 1' }),
    ),
  },
  closed,
);

export const ForecastQuery = Type.Object(
  {
    client: Client,
    from: Type.Optional(
      Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z"; default now' }),
    ),
    slot: Type.Optional(Type.String({ description: `${ALLOWED_DURATION}; default "1s"` })),
    slots: Type.Optional(Type.Integer({ description: 'a whole number from 1 to 500; default 60' })),
  },
  closed,
);

const Milliseconds = Type.Union([Type.Number(), Type.Null()]);
const ActivityJson = Type.Object({
  ...(Object.fromEntries(ACTIVITY_COUNTS.map((name) => [name, Type.Integer()])) as Record<
    (typeof ACTIVITY_COUNTS)[number],
    ReturnType<typeof Type.Integer>
  >),
  lateness: Type.Object(
    { p50: Milliseconds, p99: Milliseconds, p999: Milliseconds },
    {
      description: 'From the time an attempt was due to the write of its request, ms; at most 20 % too high.',
    },
  ),
});

const ProcessJson = Type.Object({
  service: Type.String(),
  instance: Type.String(),
  version: Type.String(),
  startedAt: Time,
  lastSeenAt: Time,
  gauges: Type.Record(Type.String(), Type.Number()),
});

export const StatsJson = Type.Object({
  client: Type.Union([Type.String(), Type.Null()], { description: 'null: all clients' }),
  now: Time,
  step: Type.Integer({ description: 'Seconds.' }),
  series: Type.Array(Type.Intersect([Type.Object({ at: Time, reports: Type.Integer() }), ActivityJson])),
  total: ActivityJson,
  incomplete: Type.Boolean({
    description:
      'Whether a process had more active clients than it tells apart: then figures may be too low.',
  }),
  waiting: Type.Optional(Type.Object({ tasks: Type.Integer(), deadLetters: Type.Integer() })),
  heldEndpoints: Type.Array(Type.Object({ client: Type.String(), endpoint: Type.String() })),
  processes: Type.Optional(Type.Array(ProcessJson)),
  clients: Type.Optional(Type.Array(Type.Intersect([Type.Object({ client: Type.String() }), ActivityJson]))),
});

export const ForecastJson = Type.Object({
  client: Type.Union([Type.String(), Type.Null()], { description: 'null: all clients' }),
  from: Time,
  slot: Type.Integer({ description: 'Length of a slot, ms.' }),
  before: Type.Integer({ description: 'Due before the first slot.' }),
  slots: Type.Array(Type.Integer()),
  after: Type.Integer({ description: 'Due behind the last slot.' }),
  recurring: Type.Literal('next occurrence only'),
});

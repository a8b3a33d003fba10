import { Type } from 'typebox';
import { closed, Duration, Time, TimeText } from './basic-schemas.js';
import { endsFields } from './ends-json.js';
import { policyFields, policyName } from './policy-schemas.js';

const payloadFields = {
  json: Type.Optional(Type.Unknown({ description: 'The payload as JSON, passed on as it was written.' })),
  text: Type.Optional(Type.String({ description: 'The payload as text.' })),
  base64: Type.Optional(Type.String({ description: 'The payload as bytes.' })),
};

export const TaskRequestJson = Type.Object(
  {
    delay: Type.Optional(Duration),
    at: Type.Optional(
      Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z", instead of a delay' }),
    ),
    repeatInterval: Type.Optional(Duration),
    cron: Type.Optional(Type.String({ description: 'A cron expression of 5 or 6 fields.' })),
    timeZone: Type.Optional(
      Type.String({ description: 'Of the cron expression, by its IANA name; default UTC.' }),
    ),
    tags: Type.Optional(Type.Array(Type.String(), { description: 'What the task can be found by.' })),
    ...endsFields,
    ...payloadFields,
    ...policyFields,
    policy: policyName,
    traceparent: Type.Optional(
      Type.String({ description: 'The trace that callbacks belong to; default: that of the header.' }),
    ),
  },
  closed,
);

/** Of a batch, whose members are checked one by one. */
export const BatchItemJson = Type.Object({ idempotencyKey: Type.Optional(Type.String()) });

export const BatchJson = Type.Object(
  {
    tasks: Type.Array(Type.Unknown(), {
      description:
        '1 to 1,000 tasks as for POST /v1/tasks, each with an idempotencyKey of its own if it has one',
    }),
  },
  closed,
);

export const RescheduleJson = Type.Object(
  {
    delay: Type.Optional(Duration),
    at: Type.Optional(
      Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z", instead of a delay' }),
    ),
    repeatInterval: Type.Optional(Duration),
    newPhase: Type.Optional(
      Type.Boolean({
        description: 'Whether the interval counts from the new time on; otherwise the task keeps its phase.',
      }),
    ),
    ...payloadFields,
  },
  closed,
);

export const ListTasksQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ description: 'a whole number from 1 to 1000; default 100' })),
    cursor: Type.Optional(Type.String({ description: 'nextCursor of the page before' })),
    dueAfter: Type.Optional(TimeText),
    dueBefore: Type.Optional(TimeText),
    recurring: Type.Optional(Type.Boolean({ description: 'true or false' })),
    tag: Type.Optional(Type.String({ description: 'only tasks with this tag' })),
  },
  closed,
);

export const RegisteredJson = Type.Object({ id: Type.String(), dueAt: Time, state: Type.String() });
export const BatchRegisteredJson = Type.Object({
  results: Type.Array(Type.Union([RegisteredJson, Type.Ref('#/components/schemas/Problem')])),
});
export const ChangedJson = Type.Object({ occurrence: Type.Integer(), dueAt: Time });
export const PausedJson = Type.Object({
  occurrence: Type.Integer(),
  dueAt: Time,
  attemptUnderWay: Type.Boolean(),
});
export const CancelledJson = Type.Object({ attemptUnderWay: Type.Boolean() });
export const SessionRequestJson = Type.Object({ ...policyFields, policy: policyName }, closed);
export const SessionJson = Type.Object({ id: Type.String(), expiresAt: Time });
export const RefreshedJson = Type.Object({ expiresAt: Time });

export const AttemptJson = Type.Object({
  occurrence: Type.Integer(),
  attempt: Type.Integer(),
  at: Time,
  durationMs: Type.Number(),
  outcome: Type.String(),
  error: Type.String(),
});

export const TaskJson = Type.Object({
  id: Type.String(),
  state: Type.String(),
  dueAt: Time,
  occurrence: Type.Integer(),
  repeatInterval: Type.Optional(Type.Integer()),
  cron: Type.Optional(Type.String()),
  timeZone: Type.Optional(Type.String()),
  attempts: Type.Array(AttemptJson),
  waitingFor: Type.Optional(
    Type.Object({
      reason: Type.String(),
      endpoint: Type.Optional(Type.String()),
      until: Type.Optional(Time),
      since: Type.Optional(Time),
    }),
  ),
  replayOf: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
  ...endsFields,
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
});

export const TaskPageJson = Type.Object({
  tasks: Type.Array(TaskJson),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export const ProblemJson = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  field: Type.Optional(Type.String()),
  allowed: Type.Optional(Type.String()),
});

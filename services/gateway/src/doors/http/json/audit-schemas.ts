import { Type } from 'typebox';

const Time = Type.String({ format: 'date-time' });
const TimeText = Type.Optional(
  Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z"' }),
);

export const AuditQueryJson = Type.Object(
  {
    client: Type.Optional(Type.String({ description: 'a client id; default: all' })),
    since: TimeText,
    until: TimeText,
    limit: Type.Optional(Type.Integer({ description: 'a whole number from 1 to 1000; default 100' })),
    cursor: Type.Optional(Type.String({ description: 'nextCursor of the page before' })),
  },
  { additionalProperties: false },
);

export const AuditPageJson = Type.Object({
  entries: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Time,
      action: Type.String(),
      outcome: Type.String(),
      clientId: Type.String(),
      keyId: Type.String(),
      from: Type.String(),
      details: Type.Record(Type.String(), Type.String()),
    }),
  ),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

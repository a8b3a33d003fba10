import { ERROR_CLASSES } from '@boomerang/domain';
import { Type } from 'typebox';
import { closed, Time, TimeText } from './basic-schemas.js';
import { shownPolicyFields } from './policy-schemas.js';
import { AttemptJson } from './schemas.js';

const filterFields = {
  bucket: Type.Optional(Type.String({ description: 'the bucket that they are in' })),
  after: Type.Optional(TimeText),
  before: Type.Optional(TimeText),
  errorClass: Type.Optional(
    Type.Union(
      ERROR_CLASSES.map((name) => Type.Literal(name)),
      { description: ERROR_CLASSES.join(', ') },
    ),
  ),
};

const pageFields = {
  limit: Type.Optional(Type.Integer({ description: 'a whole number from 1 to 1000; default 100' })),
  cursor: Type.Optional(Type.String({ description: 'nextCursor of the page before' })),
};

export const ListDeadLettersQuery = Type.Object(
  {
    ...filterFields,
    ...pageFields,
    payload: Type.Optional(Type.Boolean({ description: 'true or false: whether payloads are told, too' })),
  },
  closed,
);

const evenNotForwarded = Type.Optional(
  Type.Boolean({
    description: 'true or false: whether also those that wait to be sent to a destination outside',
  }),
);

const selectionFields = {
  ids: Type.Optional(Type.Array(Type.String(), { description: 'a list of at most 1000 ids' })),
  filter: Type.Optional(Type.Object(filterFields, closed)),
  ...pageFields,
  evenNotForwarded,
};

export const PurgeJson = Type.Object(selectionFields, closed);

export const PurgeOneQuery = Type.Object({ evenNotForwarded }, closed);

const replayFields = {
  useSessionCallback: Type.Optional(
    Type.Boolean({ description: 'true or false: whether to call back where the session says' }),
  ),
  evenNotForwarded,
};

export const ReplayOneJson = Type.Object(replayFields, closed);

export const ReplayJson = Type.Object(
  {
    ...selectionFields,
    ...replayFields,
    ratePerSecond: Type.Optional(
      Type.Integer({ description: 'a whole number from 0 to 100000; 0, the default: all at once' }),
    ),
  },
  closed,
);

export const DeadLetterJson = Type.Object({
  id: Type.String(),
  taskId: Type.String(),
  occurrence: Type.Integer(),
  attempts: Type.Integer(),
  dueAt: Time,
  deadLetteredAt: Time,
  errorClass: Type.String(),
  history: Type.Array(AttemptJson),
  ...shownPolicyFields,
  replayOf: Type.Optional(Type.String()),
  payloadBytes: Type.Integer(),
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
});

const nextCursor = Type.Union([Type.String(), Type.Null()]);

export const DeadLetterPageJson = Type.Object({ deadLetters: Type.Array(DeadLetterJson), nextCursor });

export const ReplayedJson = Type.Object({
  id: Type.String(),
  taskId: Type.String(),
  dueAt: Time,
  replayedBefore: Type.Boolean(),
});

const refused = Type.Array(Type.Object({ id: Type.String(), code: Type.String(), detail: Type.String() }));

export const ReplayAnswerJson = Type.Object({ replayed: Type.Array(ReplayedJson), refused, nextCursor });
export const PurgeAnswerJson = Type.Object({ purged: Type.Integer(), refused, nextCursor });
export const PurgedJson = Type.Object({ purged: Type.Integer() });
